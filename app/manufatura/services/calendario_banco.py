"""O calendário no banco: preenchido dos feriados e das exceções, de 5 anos atrás a 2 à frente, e lido de lá."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as inserir_ou_trocar

from app.banco.base import tabela
from app.banco.carga import copiar, mesclar
from app.manufatura.models import Auditoria, CalendarioDia, CalendarioExcecao
from app.manufatura.services.calendario import Calendario, Dia, montar
from app.manufatura.services.feriados import feriados

ANOS_ATRAS = 5
ANOS_A_FRENTE = 2
COLUNAS = ["data", "dia_util", "ordinal", "descricao"]
T = tabela(CalendarioDia)
E = tabela(CalendarioExcecao)


def intervalo(hoje: date) -> tuple[date, date]:
    """O primeiro e o último dia que o calendário cobre quando hoje é `hoje`."""
    return date(hoje.year - ANOS_ATRAS, 1, 1), date(hoje.year + ANOS_A_FRENTE, 12, 31)


def excecoes(conexao: Connection) -> dict[date, tuple[bool, str]]:
    """Data → (é útil?, descrição) das exceções da empresa."""
    return {r.data: (r.dia_util, r.descricao) for r in conexao.execute(select(E.c.data, E.c.dia_util, E.c.descricao))}


def desejados(conexao: Connection, hoje: date, ufs: Sequence[str], facultativos: bool) -> list[Dia]:
    """Os dias como têm de estar quando hoje é `hoje` (data local): feriados, mais as exceções da empresa."""
    inicio, fim = intervalo(hoje)
    return montar(inicio, fim, feriados(range(inicio.year, fim.year + 1), ufs, facultativos), excecoes(conexao))


def atualizar(conexao: Connection, hoje: date, ufs: Sequence[str], facultativos: bool) -> int:
    """Faz calendario_dia ir de 1º de janeiro de 5 anos atrás a 31 de dezembro de 2 anos à frente; devolve quantos dias mudaram."""
    return _gravar(conexao, desejados(conexao, hoje, ufs, facultativos))


def _gravar(conexao: Connection, dias: Sequence[Dia]) -> int:
    linhas, ordinal = [], 0
    for dia in dias:
        ordinal += dia.dia_util
        linhas.append((dia.data, dia.dia_util, ordinal, dia.descricao))
    copiar(conexao, "carga_calendario", {c: T.c[c].type for c in COLUNAS}, linhas)
    selecao = "SELECT data, dia_util, ordinal, descricao FROM carga_calendario"
    contagem = mesclar(conexao, T, selecao, COLUNAS, ["data"])
    fora = conexao.execute(delete(T).where((T.c.data < dias[0].data) | (T.c.data > dias[-1].data))).rowcount
    return contagem.novas + contagem.mudadas + fora


def ler(conexao: Connection) -> Calendario | None:
    """O calendário guardado, ou None se ainda não foi preenchido."""
    dias = _guardados(conexao)
    return Calendario(dias) if dias else None


def _guardados(conexao: Connection) -> list[Dia]:
    consulta = select(T.c.data, T.c.dia_util, T.c.descricao).order_by(T.c.data)
    return [Dia(r.data, r.dia_util, r.descricao) for r in conexao.execute(consulta)]


def garantir(conexao: Connection, hoje: date, ufs: Sequence[str], facultativos: bool) -> Calendario:
    """O calendário em dia para `hoje` (data local), gravado de novo só quando o ano, um feriado ou uma exceção mudou."""
    dias = desejados(conexao, hoje, ufs, facultativos)
    if dias != _guardados(conexao):
        _gravar(conexao, dias)
    return Calendario(dias)


def retroativa_sql(conexao: Connection, data_fim: date, dias_uteis: int) -> date | None:
    """A mesma conta de Calendario.retroativa, por junção na tabela (None se o calendário não alcança)."""
    consulta = text("""
        SELECT CASE WHEN :n = 0 THEN f.data ELSE (
            SELECT u.data FROM calendario_dia u WHERE u.dia_util
                AND u.ordinal = f.ordinal - CASE WHEN f.dia_util THEN 1 ELSE 0 END - :n + 1) END
        FROM calendario_dia f WHERE f.data = :data""")
    resultado: date | None = conexao.execute(consulta, {"data": data_fim, "n": dias_uteis}).scalar()
    return resultado


def excecao(conexao: Connection, data: date, dia_util: bool, descricao: str, quem: str) -> bool:
    """Fecha ou abre um dia, com registro na auditoria; False se já estava assim. O calendário muda em `atualizar`."""
    antes = conexao.execute(select(E.c.dia_util, E.c.descricao).where(E.c.data == data)).first()
    if antes is not None and (antes.dia_util, antes.descricao) == (dia_util, descricao):
        return False
    comando = inserir_ou_trocar(E).values(data=data, dia_util=dia_util, descricao=descricao, criado_por=quem)
    trocar = {"dia_util": dia_util, "descricao": descricao, "criado_por": quem, "atualizado_em": func.now()}
    conexao.execute(comando.on_conflict_do_update(index_elements=["data"], set_=trocar))
    _auditar(conexao, quem, "fechar dia" if not dia_util else "abrir dia", data, antes, {"dia_util": dia_util, "descricao": descricao})
    return True


def desfazer_excecao(conexao: Connection, data: date, quem: str) -> bool:
    """Tira a exceção de um dia, que volta ao calendário oficial; False se não havia."""
    antes = conexao.execute(delete(E).where(E.c.data == data).returning(E.c.dia_util, E.c.descricao)).first()
    if antes is None:
        return False
    _auditar(conexao, quem, "desfazer exceção", data, antes, None)
    return True


def _auditar(conexao: Connection, quem: str, acao: str, data: date, antes: object, depois: dict[str, object] | None) -> None:
    anterior = {"dia_util": antes.dia_util, "descricao": antes.descricao} if antes is not None else None  # type: ignore[attr-defined]
    valores = {"quem": quem, "acao": acao, "tabela": "calendario_excecao", "antes": anterior}
    conexao.execute(insert(tabela(Auditoria)).values(**valores, depois={"data": data.isoformat(), **(depois or {})}))


def montar_sem_gravar(conexao: Connection, hoje: date, ufs: Sequence[str], facultativos: bool) -> Calendario:
    """O calendário de `hoje` (como `garantir` o deixaria), sem gravar nada: para consultas."""
    return Calendario(desejados(conexao, hoje, ufs, facultativos))
