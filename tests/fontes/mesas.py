"""Uma fábrica de mesas no Odoo simulado, e as ordens nossas dela: o palco dos testes de apontamentos."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.manufatura.services import ordens_novas
from app.manufatura.services.ordens import Autor
from tests.apoio.importacao import Mundo


class Fabrica:
    """Uma fábrica de mesas: o produto M1, um componente, a estrutura; e as ordens nossas dela."""

    def __init__(self, mundo: Mundo) -> None:
        self.mundo, self.banco = mundo, mundo.banco
        self.mesa = mundo.produto("M1", "Mesa")
        self.pe = mundo.produto("P1", "Pé")
        self.estrutura = mundo.banco.criar_estrutura(self.mesa, [(self.pe, 4)])
        mundo.passar()  # lido no mesmo segundo em que nasceu, um cadastro é relido a cada vez
        mundo.importar("cadastros")

    def op(self, nome: str, qtd: float = 10, *, confirmada: bool = True, **outros: Any) -> int:
        op = self.banco.criar_op(nome, outros.pop("produto", self.mesa), qtd, self.estrutura, **outros)
        if confirmada:
            self.banco.confirmar_op(op)
        return op

    def feita(self, nome: str, qtd: float = 10) -> int:
        op = self.op(nome, qtd)
        self.banco.produzir(op, qtd)
        self.banco.encerrar_op(op)
        return op

    def parcial(self, op: int, qtd: float) -> int:
        """Produz parte da OP e a encerra com saldo; devolve a OP do saldo."""
        self.banco.produzir(op, qtd)
        saldo = self.banco.encerrar_op(op, saldo=True)
        assert saldo is not None
        return saldo

    def ordem(self, numero: int, qtd: int = 10, **outros: Any) -> None:
        nova = ordens_novas.NovaOrdem("M1", Decimal(qtd), numero=numero, **outros)
        with self.mundo.motor.begin() as conexao:
            ordens_novas.criar(conexao, [nova], Autor("ana", "teste"))

    def importar(self) -> dict[str, Any]:
        self.mundo.passar()
        return self.mundo.importar("apontamentos")["apontamentos"]

    def ver(self, numero: int) -> Any:
        return self.mundo.um("SELECT * FROM ordem_producao WHERE numero = :n", n=numero)

    def estado(self, numero: int) -> tuple[str, Any]:
        o = self.ver(numero)
        return o.status, o.qtd_produzida

    def movimentos(self, numero: int) -> list[tuple[Any, ...]]:
        consulta = (
            "SELECT m.tipo_movimentacao, m.cod_produto, m.qtd_movimentacao FROM movimentacao_estoque m JOIN ordem_producao o"
            " ON o.id = m.ordem_producao_id WHERE o.numero = :n ORDER BY m.odoo_id"
        )
        return [tuple(x) for x in self.mundo.sql(consulta, n=numero)]

    def avisos(self) -> list[tuple[str, str]]:
        return [tuple(x) for x in self.mundo.sql("SELECT tipo, chave FROM aviso WHERE fechado_em IS NULL ORDER BY tipo, chave")]

    def acabado(self, op: int) -> int:
        (movimento,) = (m["id"] for m in self.banco.linhas("stock.move") if m["production_id"] == op and m["state"] == "done")
        return int(movimento)
