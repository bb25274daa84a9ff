"""Abre uma sessão com o Odoo para importar: entra, confere que é o mesmo Odoo de sempre e escolhe as empresas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, select

from app.manufatura.fontes import efeitos, instalacao, mestres, relogio_odoo
from app.manufatura.fontes import guarda as guardas
from app.manufatura.fontes.contexto import Cerca, Contexto, SemCerca
from app.manufatura.fontes.espelhos import EMPRESA, USUARIO
from app.manufatura.fontes.guarda import GuardaNoBanco
from app.manufatura.fontes.mestres import Lidos
from app.manufatura.models import OdooUsuario
from app.odoo.capacidades import Capacidades
from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo
from app.odoo.erros import ErroTerminal, RespostaInvalida
from app.relogio import data_local

if TYPE_CHECKING:
    from app.config import Config


TODOS = {"active_test": False}


class EmpresaDesconhecida(ErroTerminal):
    """ODOO_EMPRESAS cita {faltam}, que o usuário da integração não vê no Odoo (ele vê {vistas}). Corrija os ids, ou dê
    a esse usuário acesso à empresa em Configurações → Usuários → Empresas permitidas."""


def corte_do_historico(hoje: date, meses: int) -> date:
    """O primeiro dia do mês `meses` antes de `hoje`: dali em diante entram também documentos fechados."""
    total = hoje.year * 12 + hoje.month - 1 - meses
    return date(max(total // 12, 1), total % 12 + 1, 1)


@contextmanager
def abrir(
    config: Config, motor: Engine, agora: datetime, *, cerca: Cerca | None = None, simulada: Connection | None = None
) -> Iterator[Contexto]:
    """Uma sessão pronta para importar; fecha as conexões com o Odoo ao sair.

    Entra: as configurações, o motor do banco, o instante de referência (UTC) e a cerca da tentativa. Custa duas
    chamadas (empresas e usuários) quando já se entrou antes. Erros: os de app/odoo/erros.py, OutroOdoo e EmpresaDesconhecida.
    """
    conexao = ConexaoOdoo.de_config(config)
    guarda = GuardaNoBanco(motor, somente_leitura=simulada is not None)
    lembrado = guardas.conhecido(guarda, conexao, agora)
    with ClienteOdoo.conectar(conexao, conhecido=lembrado) as cliente:
        capacidades = Capacidades(cliente, guarda)
        contexto = Contexto(
            motor=motor,
            cliente=cliente,
            capacidades=capacidades,
            fuso=config.scheduler_timezone,
            sobreposicao=config.odoo_sobreposicao,
            corte=corte_do_historico(data_local(agora, config.scheduler_timezone), config.odoo_historico_meses),
            agora=agora,
            empresas=(),
            cerca=cerca or SemCerca(),
            simulada=simulada,
        )
        _reconhecer(contexto, config.odoo_empresas, cliente.banco or "")
        if lembrado is None or lembrado.uid != cliente.uid or lembrado.protocolo != cliente.protocolo:
            guardas.lembrar(guarda, conexao, cliente, agora)
        yield contexto


def _reconhecer(contexto: Contexto, pedidas: tuple[int, ...], banco: str) -> None:
    """Lê as empresas e os usuários citados, mais o 1 e o nosso: identidade, empresas, língua, e os dois espelhos em dia."""
    cliente = contexto.cliente
    empresas = _ler_com_nome(cliente, "res.company", [], ["write_date", "create_date"])
    with contexto.leitura() as conexao:
        citados = set(conexao.execute(select(OdooUsuario.odoo_id)).scalars())
    nosso = cliente.conexao.usuario
    quem: list[Any] = [["id", "in", sorted({1, cliente.uid or 1} | citados)]]
    if cliente.uid is None and nosso:  # JSON-2 entra só com a chave: acha-se o usuário pelo login
        quem = ["|", *quem, ["login", "=", nosso]]
    usuarios = _ler_com_nome(cliente, "res.users", quem, ["company_ids", "create_date", "lang", "login", "write_date"])
    nos = next((u for u in usuarios if u["id"] == cliente.uid or u["login"] == nosso), None)
    # Quem administra acessos lê todas as empresas em res.company, mas os registros só das suas.
    permitidas = set(nos["company_ids"] or ()) if nos else set()
    vistas = [e["id"] for e in empresas if not permitidas or e["id"] in permitidas]
    if faltam := [i for i in pedidas if i not in vistas]:
        raise EmpresaDesconhecida(faltam=", ".join(map(str, faltam)), vistas=", ".join(map(str, sorted(vistas))))
    contexto.empresas = tuple(sorted(pedidas or vistas))
    contexto.restringe_empresas = bool(pedidas) and set(pedidas) != set(vistas)
    contexto.idioma = (nos["lang"] or None) if nos else None
    achada = instalacao.Identidade.de_registros(banco, empresas, usuarios, cliente.versao.texto)
    with contexto.transacao() as conexao:
        instalacao.conferir(conexao, achada)
        relogio_odoo.avisar_desvio(conexao, cliente.hora_servidor, contexto.agora)
        mestres.guardar(conexao, contexto, Lidos(EMPRESA, empresas, lido_em=cliente.hora_servidor))
        dos_citados = [u for u in usuarios if u["id"] in citados]
        _, mudados = mestres.guardar(conexao, contexto, Lidos(USUARIO, dos_citados, lido_em=cliente.hora_servidor))
        if mudados:
            efeitos.de_cadastros(conexao, contexto, {USUARIO.modelo: sorted(mudados)})


def _ler_com_nome(cliente: ClienteOdoo, modelo: str, dominio: list[Any], campos: list[str]) -> list[dict[str, Any]]:
    """Os registros com o nome; se um nome torna a resposta ilegível (caractere de controle no XML do 14), sem ele (False)."""
    try:
        return cliente.buscar_ler(modelo, dominio, [*campos, "name"], contexto=TODOS)
    except RespostaInvalida:
        return [{**r, "name": False} for r in cliente.buscar_ler(modelo, dominio, campos, contexto=TODOS)]
