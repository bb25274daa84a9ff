"""Apontamentos nos Odoo de verdade: as 60 primeiras OPs de `medio`, e depois cada tipo de edição, seguidos aqui.

O que se espera é perguntado ao PostgreSQL do Odoo por outro caminho (as linhas de detalhe dos movimentos), nunca ao nosso código.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import text

from app.comandos.ordem import comando
from app.config import Config, definir_config, limpar_config
from app.manufatura.fontes import sessao
from app.manufatura.jobs import importacao
from app.relogio import agora
from tests.apoio.pg import BancoTeste
from tests.contrato.edicao_real import EdicaoReal
from tests.odoo_real.apoio import copia_do_medio

pytestmark = [pytest.mark.requer("odoo_real"), pytest.mark.timeout(900)]

FAMILIAS = """
    WITH feito AS (
        SELECT coalesce(m.production_id, u.mo_id) AS op,
            CASE WHEN m.production_id IS NULL THEN -1 ELSE 1 END * sum(l.{qtd} * {fatores}) AS qtd
        FROM stock_move m JOIN stock_move_line l ON l.move_id = m.id
        LEFT JOIN mrp_unbuild u ON u.id = m.unbuild_id
        JOIN mrp_production p ON p.id = coalesce(m.production_id, u.mo_id) AND p.product_id = m.product_id
        JOIN stock_location o ON o.id = m.location_id JOIN stock_location d ON d.id = m.location_dest_id
        JOIN uom_uom f ON f.id = l.product_uom_id JOIN product_product v ON v.id = m.product_id
        JOIN product_template t ON t.id = v.product_tmpl_id JOIN uom_uom b ON b.id = t.uom_id
        WHERE m.state = 'done' AND CASE WHEN m.production_id IS NULL THEN d.usage = 'production' ELSE o.usage = 'production' END
        GROUP BY 1, m.production_id
    )
    SELECT substring(p.name from '^OP-[0-9]{{6}}') AS numero, max(v.default_code) AS codigo, sum(p.product_qty) AS qtd,
        array_agg(p.state ORDER BY p.id) AS estados,
        coalesce(round(sum((SELECT sum(qtd) FROM feito WHERE op = p.id)), 6), 0) AS feito, array_agg(p.id ORDER BY p.id) AS ids
    FROM mrp_production p JOIN product_product v ON v.id = p.product_id
    WHERE p.name LIKE 'OP-%' GROUP BY 1 ORDER BY 1"""


@dataclass
class FamiliaReal:
    """O que o banco do Odoo diz da família de um número."""

    numero: str
    codigo: str
    qtd: Decimal
    estados: list[str]
    feito: Decimal
    ids: list[int]

    @property
    def status(self) -> str:
        """O estado que a regra manda, para uma ordem criada Liberada."""
        if "done" in self.estados and set(self.estados) <= {"done", "cancel"}:
            return "Concluída"
        comecou = self.feito > 0 or {"progress", "to_close"} & set(self.estados)
        return "Em Produção" if comecou else "Liberada"


class Prova:
    """Um Odoo de verdade de um lado, o nosso banco do outro, e a comparação."""

    def __init__(self, odoo: EdicaoReal, banco: BancoTeste, config: Config) -> None:
        self.odoo, self.banco, self.config = odoo, banco, config
        self.nossas: set[str] = set()

    def familias(self) -> dict[str, FamiliaReal]:
        # No 14 o fator da unidade é o inverso do que passou a ser no 19.
        fatores = "b.factor / f.factor" if self.odoo.antigo else "f.factor / b.factor"
        consulta = FAMILIAS.format(qtd="qty_done" if self.odoo.antigo else "quantity", fatores=fatores)
        with psycopg.connect(f"{self.odoo.pg}/{self.odoo.banco}") as conexao:
            linhas = conexao.execute(consulta.encode()).fetchall()
        return {n: FamiliaReal(n, c, q, e, Decimal(f), i) for n, c, q, e, f, i in linhas}

    def criar(self, pasta: Path, familias: list[FamiliaReal]) -> None:
        """`manufatura ordem criar --arquivo`, com o número, o produto e a quantidade de cada família."""
        arquivo = pasta / "ordens.csv"
        linhas = [f"{f.numero};{f.codigo};{f'{f.qtd:f}'.replace('.', ',')}" for f in familias]
        arquivo.write_text("\ufeffnumero;codigo;quantidade\n" + "\n".join(linhas) + "\n", encoding="utf-8")
        self.manufatura("criar", "--arquivo", str(arquivo))
        self.nossas |= {f.numero for f in familias}

    def manufatura(self, *argumentos: str) -> str:
        saida = CliRunner().invoke(comando, list(argumentos), catch_exceptions=False)
        assert saida.exit_code == 0, saida.output
        return saida.output

    def importar(self, fonte: str = "apontamentos") -> dict[str, Any]:
        with sessao.abrir(self.config, self.banco.motor, agora()) as contexto:
            return importacao.importar(fonte, contexto)

    def ordens(self) -> dict[str, tuple[str, Any]]:
        with self.banco.motor.connect() as conexao:
            linhas = conexao.execute(text("SELECT numero_ordem, status, qtd_produzida FROM ordem_producao ORDER BY numero"))
            return {n: (s, q) for n, s, q in linhas}

    def avisos(self) -> set[tuple[str, str]]:
        with self.banco.motor.connect() as conexao:
            consulta = text("SELECT tipo, chave FROM aviso WHERE fechado_em IS NULL AND chave LIKE 'OP-%'")
            return {(t, c) for t, c in conexao.execute(consulta)}

    def conferir(self) -> None:
        """Estado e quantidade de cada ordem são os que a família dela tem no Odoo, e a soma dos movimentos também."""
        ordens, familias = self.ordens(), self.familias()
        esperado = {n: (familias[n].status, familias[n].feito) for n in sorted(self.nossas)}
        assert {n: ordens[n] for n in sorted(self.nossas)} == esperado
        with self.banco.motor.connect() as conexao:
            consulta = text(
                "SELECT o.numero_ordem, sum(m.qtd_movimentacao) FROM ordem_producao o"
                " JOIN movimentacao_estoque m ON m.ordem_producao_id = o.id AND m.odoo_produto_id = o.odoo_produto_id GROUP BY 1"
            )
            somas = {n: s for n, s in conexao.execute(consulta) if n in self.nossas}
        assert somas == {n: familias[n].feito for n in somas}
        assert {n for n in self.nossas if familias[n].feito} <= set(somas)

    def seguir(self, edicao: Callable[[], object]) -> dict[str, Any]:
        """Edita no Odoo, importa aqui e confere todas as ordens; devolve a contagem."""
        edicao()
        feito = self.importar()
        self.conferir()
        assert feito["rejeitados"] == 0
        assert feito["chamadas"] <= 8, feito
        return feito


@contextmanager
def prova(versao: int, banco: BancoTeste) -> Iterator[Prova]:
    with copia_do_medio(versao, "apontamentos") as real:
        config = Config.model_validate(
            {
                "odoo_url": real.url,
                "odoo_db": real.banco,
                "odoo_user": "admin",
                "odoo_password": SecretStr("admin"),
                "odoo_api_key": SecretStr(real.chave) if real.chave else None,
                "database_url": SecretStr(banco.url),
                "database_url_migracao": SecretStr(banco.url_dono),
            }
        )
        definir_config(config)
        try:
            yield Prova(EdicaoReal(real.url, real.banco, pg=real.pg), banco, config)
        finally:
            limpar_config()


@pytest.mark.parametrize("versao", [14, 19])
def test_sessenta_ops_e_cada_edicao(versao: int, banco_pg: BancoTeste, tmp_path: Path) -> None:
    with prova(versao, banco_pg) as p:
        p.importar("cadastros")
        assert p.importar()["chamadas"] == 0
        sessenta = list(p.familias().values())[:60]
        assert {e for f in sessenta for e in f.estados} >= {"draft", "confirmed", "progress", "done", "cancel"}
        p.criar(tmp_path, sessenta)
        assert p.importar()["chamadas"] <= 9
        p.conferir()
        _nada_de_novo(p)
        antigas = {n: s for n, (s, _) in p.ordens().items()}
        assert set(antigas.values()) == {"Liberada", "Em Produção", "Concluída"}
        _edicoes(p, {f.numero: f for f in sessenta})
        _outras(p, tmp_path)
        _nada_de_novo(p)


def _nada_de_novo(p: Prova) -> None:
    """Nada muda; e com duas chamadas, assim que as últimas gravações têm mais de 2 s (antes disso são lidas outra vez)."""
    prazo = time.monotonic() + 30
    while True:
        feito = p.importar()
        assert (feito["novas"], feito["mudadas"], feito["excluidas"]) == (0, 0, 0)
        if feito["chamadas"] <= 2:
            return
        assert time.monotonic() < prazo, feito


def _edicoes(p: Prova, familias: dict[str, FamiliaReal]) -> None:
    """Parcial com novo nome, encerramento, cancelamento, desmontagem, correção e exclusão, uma de cada vez."""
    o = p.odoo

    def com(*estados: str) -> Iterator[FamiliaReal]:
        return (f for f in familias.values() if f.estados == list(estados))

    confirmadas, feitas, andamento = com("confirmed"), com("done"), com("progress")

    parcial = next(confirmadas)
    op, metade = parcial.ids[0], max(1, int(parcial.qtd / 3))
    p.seguir(lambda: o.produzir(op, metade))
    assert p.ordens()[parcial.numero] == ("Em Produção", 0)
    p.seguir(lambda: o.encerrar_op(op, saldo=True))
    assert p.ordens()[parcial.numero] == ("Em Produção", metade)
    (saldo,) = o.procurar("mrp.production", [["name", "=", f"{parcial.numero}-002"]])
    p.seguir(lambda: o.produzir(saldo, 2))
    p.seguir(lambda: o.encerrar_op(saldo, saldo=True))
    (resto,) = o.procurar("mrp.production", [["name", "=", f"{parcial.numero}-003"]])
    p.seguir(lambda: o.produzir(resto, float(parcial.qtd) - metade - 2))
    p.seguir(lambda: o.encerrar_op(resto))
    assert p.ordens()[parcial.numero] == ("Concluída", parcial.qtd)

    curta = next(andamento)
    p.seguir(lambda: o.encerrar_op(curta.ids[0]))
    assert p.ordens()[curta.numero][0] == "Concluída"

    cancelada = next(confirmadas)
    p.seguir(lambda: o.cancelar_op(cancelada.ids[0]))
    assert ("op_cancelada_no_odoo", cancelada.numero) in p.avisos()

    com_saldo = next(f for f in familias.values() if f.estados == ["done", "confirmed"])
    p.seguir(lambda: o.cancelar_op(com_saldo.ids[1]))
    assert p.ordens()[com_saldo.numero][0] == "Concluída"

    desmontada = next(feitas)
    p.seguir(lambda: o.desmontar(desmontada.ids[0], 4))
    assert p.ordens()[desmontada.numero] == ("Concluída", desmontada.feito - 4)
    p.seguir(lambda: o.desmontar(desmontada.ids[0], 1))

    corrigida = next(feitas)
    (movimento,) = o.movimentos([["production_id", "=", corrigida.ids[0]], ["state", "=", "done"]])
    p.seguir(lambda: o.corrigir_feito(movimento, float(corrigida.feito) - 2))
    assert p.ordens()[corrigida.numero] == ("Concluída", corrigida.feito - 2)
    antes = p.banco.sql("SELECT antes->>'qtd_movimentacao' FROM auditoria WHERE tabela = 'movimentacao_estoque'")
    assert [Decimal(str(a)) for (a,) in antes] == [corrigida.feito]

    apagada = next(com("draft"))
    p.nossas.discard(apagada.numero)
    feito = p.seguir(lambda: o.excluir("mrp.production", apagada.ids[0]))
    assert feito["excluidas"] == 1
    assert ("op_sumiu_do_odoo", apagada.numero) in p.avisos()

    # O nome muda por fora: a família continua conhecida pelo id e pelo grupo.
    renomeada = next(andamento)
    o.escrever("mrp.production", renomeada.ids[0], {"name": f"X/{renomeada.numero}"})
    p.nossas.discard(renomeada.numero)
    p.seguir(lambda: o.encerrar_op(renomeada.ids[0]))
    status, qtd = p.ordens()[renomeada.numero]
    assert (status, qtd > 0) == ("Concluída", True)


def _outras(p: Prova, pasta: Path) -> None:
    """Planejada que o Odoo já produz, número de outro produto, OP em dúzias criada depois da ordem."""
    o = p.odoo
    resto = [f for f in p.familias().values() if f.numero not in p.ordens()]
    planejada = next(f for f in resto if f.estados == ["progress"])
    p.manufatura("criar", planejada.codigo, str(int(planejada.qtd)), "--numero", planejada.numero, "--planejada")
    p.nossas.add(planejada.numero)
    trocada = next(f for f in resto if f.estados == ["done"] and f.codigo != planejada.codigo)
    p.manufatura("criar", planejada.codigo, "10", "--numero", trocada.numero)
    p.manufatura("criar", planejada.codigo, "24", "--numero", "OP-000900")
    p.seguir(lambda: None)
    assert {("planejada_em_producao", planejada.numero), ("op_de_outro_produto", trocada.numero)} <= p.avisos()
    assert p.ordens()[trocada.numero] == ("Liberada", 0)

    produto = o.procurar("product.product", [["default_code", "=", planejada.codigo]])[0]
    estrutura = o.procurar("mrp.bom", [["product_tmpl_id", "=", o.ver("product.product", produto, "product_tmpl_id")["product_tmpl_id"]]])[
        0
    ]
    valores = {"name": "OP-000900", "product_id": produto, "product_qty": 2, "bom_id": estrutura, "product_uom_id": o.DUZIA}
    contexto = {"context": {"import_file": True}} if o.antigo else {}
    op = o.criar("mrp.production", valores, **contexto)
    o.confirmar_op(op)
    p.nossas.add("OP-000900")
    p.seguir(lambda: o.produzir(op, 2))
    p.seguir(lambda: o.encerrar_op(op))
    assert p.ordens()["OP-000900"] == ("Concluída", 24)
    p.seguir(lambda: o.desmontar(op, 1))  # uma dúzia
    assert p.ordens()["OP-000900"] == ("Concluída", 12)
