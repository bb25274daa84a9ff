"""Liberar, iniciar, cancelar e replanejar uma ordem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, text

from app.manufatura.services import ordens
from app.manufatura.services.mto.gravacao import carteira
from app.manufatura.services.ordens import Autor, Datas, Mudou, Status
from app.manufatura.services.ordens_vida.recusas import EstadoNaoPermite, FaltaComprar, FilhaPlanejada, NaoRetem, OrdemRecusada
from app.manufatura.services.ordens_vida.travada import Travada, descendentes, pai, travar
from app.manufatura.services.planejamento.avisos_plano import numero as por_extenso

MAXIMO_FALTAS = 5


def liberar(conexao: Connection, numero: int, autor: Autor, *, com_filhas: bool = False, mesmo_assim: str | None = None) -> list[Mudou]:
    """Planejada → Liberada (com as filhas Planejadas de todos os níveis, se `com_filhas`); devolve as que mudaram, filhas antes.

    `mesmo_assim`: o motivo de liberar com algo faltando, que fica na auditoria. Erros: OrdemDesconhecida, EstadoNaoPermite,
    FaltaComprar, FilhaPlanejada.
    """
    ordem = travar(conexao, numero)
    if ordem.status is not Status.PLANEJADA:
        raise EstadoNaoPermite(ordem=ordem.numero_ordem, status=ordem.status, acao="liberar", motivo="só se libera uma Planejada")
    abaixo = [o for o in descendentes(conexao, ordem.id) if o.status is Status.PLANEJADA]
    juntas = [*reversed(abaixo), ordem] if com_filhas else [ordem]
    if mesmo_assim is None:
        for uma in juntas:
            if faltas := _faltas(uma):
                raise FaltaComprar(ordem=uma.numero_ordem, faltas=faltas)
        if not com_filhas and (filhas := [o for o in abaixo if o.pai_id == ordem.id]):
            raise FilhaPlanejada(ordem=ordem.numero_ordem, filhas=_filhas(filhas))
    motivo = (mesmo_assim or "").strip() or None
    return ordens.liberar(conexao, [o.datas_reais for o in juntas], autor, motivo)


def _faltas(ordem: Travada) -> str:
    """'40 de PE (até 01/12/2026), 5 de COLA': o que falta comprar para a ordem; vazio se nada falta."""
    faltas = [m for m in ordem.materiais or () if Decimal(m["qtd_comprar"]) > 0]
    partes = [
        f"{por_extenso(Decimal(m['qtd_comprar']))} de {m['cod_produto']} (até {date.fromisoformat(m['data_necessidade']):%d/%m/%Y})"
        for m in faltas[:MAXIMO_FALTAS]
    ]
    resto = [f"e mais {len(faltas) - MAXIMO_FALTAS}"] if len(faltas) > MAXIMO_FALTAS else []
    return ", ".join([*partes, *resto])


def _filhas(filhas: Sequence[Travada]) -> str:
    nomes = ", ".join(f"{o.numero_ordem} ({o.produto})" for o in filhas)
    return f"a filha {nomes} está" if len(filhas) == 1 else f"das filhas {nomes}, cada uma está"


def iniciar(conexao: Connection, numero: int, autor: Autor, hoje: date) -> list[Mudou]:
    """Liberada → Em Produção, com o início real em `hoje`. Erros: OrdemDesconhecida, EstadoNaoPermite."""
    ordem = travar(conexao, numero)
    if ordem.status is not Status.LIBERADA:
        motivo = "libere-a antes" if ordem.status is Status.PLANEJADA else "só se inicia uma Liberada"
        raise EstadoNaoPermite(ordem=ordem.numero_ordem, status=ordem.status, acao="iniciar", motivo=motivo)
    return ordens.iniciar(conexao, [Datas(ordem.id, ordem.inicio_real or hoje, None)], autor)


def cancelar(conexao: Connection, numero: int, autor: Autor, motivo: str | None = None) -> list[Mudou]:
    """Cancela uma ordem aberta e as suas filhas Planejadas; a demanda dela fica retida até `replanejar`.

    As filhas já Liberadas ou Em Produção ficam, com aviso (quem as avisa é a rodada). Erros: OrdemDesconhecida, EstadoNaoPermite,
    OrdemRecusada (uma filha Planejada volta sozinha).
    """
    ordem = travar(conexao, numero)
    if not ordem.aberta:
        raise EstadoNaoPermite(ordem=ordem.numero_ordem, status=ordem.status, acao="cancelar", motivo="só se cancela uma ordem aberta")
    mae = pai(conexao, ordem)
    if ordem.status is Status.PLANEJADA and mae is not None and mae.aberta:
        raise OrdemRecusada(
            ordem=ordem.numero_ordem,
            motivo=f"é filha da {mae.numero_ordem}, e o planejamento a faria de novo enquanto faltar {ordem.produto}; cancele a"
            f" {mae.numero_ordem}, ou tire o componente da estrutura",
        )
    abaixo = [o for o in descendentes(conexao, ordem.id) if o.status is Status.PLANEJADA]
    mudadas = ordens.cancelar(conexao, [o.datas_reais for o in (ordem, *abaixo)], autor, (motivo or "").strip() or None)
    conexao.execute(
        text("UPDATE ordem_producao_demanda SET retida_por = :quem, atualizado_em = now() WHERE ordem_producao_id = :id AND segura"),
        {"quem": autor.quem, "id": ordem.id},
    )
    carteira(conexao)
    return mudadas


def replanejar(conexao: Connection, numero: int, autor: Autor) -> Travada:
    """Solta a demanda retida por uma ordem que uma pessoa cancelou: a rodada seguinte faz outra. Devolve a ordem cancelada.

    Erros: OrdemDesconhecida, NaoRetem.
    """
    ordem = travar(conexao, numero)
    if ordem.status is not Status.CANCELADA:
        raise NaoRetem(ordem=ordem.numero_ordem, motivo=f"ela está {ordem.status}, e o planejamento já conta com ela")
    if ordem.demanda is None:
        raise NaoRetem(ordem=ordem.numero_ordem, motivo="ela não atendia a um lote; crie outra com `manufatura ordem criar`")
    if not ordem.segura:
        raise NaoRetem(
            ordem=ordem.numero_ordem, motivo="a demanda dela já está solta; se ela ainda existe, `manufatura planejar mto` faz outra ordem"
        )
    conexao.execute(
        text("""UPDATE ordem_producao_demanda SET segura = false, retida_por = NULL, atualizado_em = now()
            WHERE ordem_producao_id = :id"""),
        {"id": ordem.id},
    )
    conexao.execute(
        text("""INSERT INTO auditoria (quem, de_onde, acao, tabela, registro_id, antes, depois)
            VALUES (:quem, :onde, 'ordem replanejar', 'ordem_producao', :id, jsonb_build_object('retida_por', CAST(:retida AS text)),
                jsonb_build_object('retida_por', NULL))"""),
        {"quem": autor.quem, "onde": autor.de_onde, "id": ordem.id, "retida": ordem.retida_por},
    )
    return ordem


def ordem_da_demanda(conexao: Connection, ordem: Travada) -> str | None:
    """O número da ordem viva que agora atende ao lote e produto de uma cancelada, a mais nova; None se nenhuma."""
    if ordem.demanda is None:
        return None
    consulta = text("""SELECT o.numero_ordem FROM ordem_producao_demanda d JOIN ordem_producao o ON o.id = d.ordem_producao_id
        WHERE d.separacao_lote_id = :lote AND d.cod_produto = :produto AND d.segura AND o.status <> 'Cancelada' AND o.id > :id
        ORDER BY o.numero DESC LIMIT 1""")
    fatos = {"lote": ordem.demanda.lote, "produto": ordem.demanda.produto, "id": ordem.id}
    achado: str | None = conexao.execute(consulta, fatos).scalar()
    return achado
