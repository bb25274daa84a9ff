"""Uma fábrica pequena para histórias: produtos, estruturas, estoque e lotes em poucas palavras, num banco de verdade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, text

from app.manufatura.services.mto import rodada
from app.manufatura.services.mto.rodada import Ajustes, Rodada

HOJE = date(2026, 11, 24)


def dia(escrito: str) -> date:
    """'04/12' → 4 de dezembro de 2026; '04/12/2027' com o ano."""
    partes = [int(p) for p in escrito.split("/")]
    return date(partes[2] if len(partes) > 2 else 2026, partes[1], partes[0])


@dataclass(frozen=True)
class Vista:
    """Uma ordem como uma história a confere."""

    numero: str
    produto: str
    status: str
    qtd: Any
    inicio: date | None
    fim: date | None
    pai: str | None
    materiais: Mapping[str, Mapping[str, Any]]

    def de(self, codigo: str, campo: str = "qtd_pendente") -> Any:
        """Um número de um material."""
        return Decimal(self.materiais[codigo][campo])


class Fabrica:
    """Monta e planeja; cada método é uma transação."""

    def __init__(self, motor: Engine, hoje: date = HOJE) -> None:
        self.motor = motor
        self.hoje = hoje
        self.ajustes = Ajustes()

    def rodar(self, comando: str, **parametros: object) -> list[Any]:
        """Um comando SQL com commit; as linhas, se há."""
        with self.motor.begin() as conexao:
            resultado = conexao.execute(text(comando), parametros)
            return list(resultado) if resultado.returns_rows else []

    def acabado(self, codigo: str, lead: int | None = 3) -> None:
        """Produto feito sob encomenda."""
        self._produto(codigo, produzido=True, disparo="MTO", lead=lead)

    def produzido(self, codigo: str, lead: int | None = None) -> None:
        """Produto que a fábrica faz."""
        self._produto(codigo, produzido=True, lead=lead)

    def comprado(self, *codigos: str) -> None:
        """Produtos que se compram."""
        for codigo in codigos:
            self._produto(codigo, comprado=True)

    def solto(self, codigo: str) -> None:
        """Produto sem marca nenhuma."""
        self._produto(codigo)

    def _produto(
        self, codigo: str, comprado: bool = False, produzido: bool = False, disparo: str | None = None, lead: int | None = None
    ) -> None:
        self.rodar(
            "INSERT INTO cadastro_palletizacao"
            " (cod_produto, nome_produto, produto_comprado, produto_produzido, disparo_producao, lead_time_mto)"
            " VALUES (:c, :n, :co, :pr, :d, :l)",
            c=codigo, n=codigo.title(), co=comprado, pr=produzido, d=disparo, l=lead,
        )  # fmt: skip

    def estrutura(
        self, codigo: str, componentes: Mapping[str, object], *, base: object = 1, fantasma: bool = False,
        perda: Mapping[str, object] | None = None,
        versao: str = "1", de: str | None = None, ate: str | None = None,
    ) -> None:  # fmt: skip
        """Uma versão da estrutura: componente → quantidade por `base`."""
        (linha,) = self.rodar(
            "INSERT INTO estrutura (cod_produto_produzido, versao, qtd_base, fantasma, valido_de, valido_ate)"
            " VALUES (:c, :v, :b, :f, :de, :ate) RETURNING id",
            c=codigo, v=versao, b=Decimal(str(base)), f=fantasma, de=dia(de) if de else None, ate=dia(ate) if ate else None,
        )  # fmt: skip
        for componente, qtd in componentes.items():
            self.rodar(
                "INSERT INTO lista_materiais (estrutura_id, cod_produto_componente, qtd_utilizada, perda_percentual)"
                " VALUES (:e, :c, :q, :p)",
                e=linha.id, c=componente, q=Decimal(str(qtd)), p=Decimal(str((perda or {}).get(componente, 0))),
            )  # fmt: skip

    def estoque(self, **saldos: object) -> None:
        """Código → saldo (substitui o que havia)."""
        for codigo, qtd in saldos.items():
            self.rodar(
                "INSERT INTO posicao_estoque (odoo_produto_id, empresa_id, cod_produto, qtd) VALUES (abs(hashtext(:c)), 1, :c, :q)"
                " ON CONFLICT (odoo_produto_id, empresa_id) DO UPDATE SET qtd = excluded.qtd",
                c=codigo, q=Decimal(str(qtd)),
            )  # fmt: skip

    def lote(
        self, lote: str, produto: str, qtd: object, expedicao: str | None, status: str | None = "ABERTO", pedido: str | None = None
    ) -> None:
        """Uma separação com o seu pedido (status None: sem pedido)."""
        pedido = pedido or f"P-{lote}"
        self.rodar(
            "INSERT INTO separacao (separacao_lote_id, num_pedido, cod_produto, qtd_saldo, expedicao) VALUES (:l, :p, :c, :q, :e)",
            l=lote, p=pedido, c=produto, q=Decimal(str(qtd)), e=dia(expedicao) if expedicao else None,
        )  # fmt: skip
        if status:
            self.rodar(
                "INSERT INTO pedido (separacao_lote_id, num_pedido, status) VALUES (:l, :p, :s) ON CONFLICT DO NOTHING",
                l=lote,
                p=pedido,
                s=status,
            )

    def pre(self, lote: str, produto: str, qtd: object, expedicao: str) -> None:
        """Uma pré-separação."""
        self.rodar(
            "INSERT INTO pre_separacao_item (separacao_lote_id, num_pedido, cod_produto, qtd_selecionada_usuario, data_expedicao_editada)"
            " VALUES (:l, :p, :c, :q, :e)",
            l=lote, p=f"P-{lote}", c=produto, q=Decimal(str(qtd)), e=dia(expedicao),
        )  # fmt: skip

    def mudar_lote(self, lote: str, *, qtd: object | None = None, expedicao: str | None = None, status: str | None = None) -> None:
        """Muda o saldo, a data ou o status do pedido de um lote."""
        if qtd is not None:
            self.rodar("UPDATE separacao SET qtd_saldo = :q WHERE separacao_lote_id = :l", q=Decimal(str(qtd)), l=lote)
        if expedicao is not None:
            self.rodar("UPDATE separacao SET expedicao = :e WHERE separacao_lote_id = :l", e=dia(expedicao), l=lote)
        if status is not None:
            self.rodar("UPDATE pedido SET status = :s WHERE separacao_lote_id = :l", s=status, l=lote)

    def ordem_status(self, numero: str, status: str) -> None:
        """Põe uma ordem num estado, como se alguém a tivesse levado até lá."""
        self.rodar("UPDATE ordem_producao SET status = :s WHERE numero_ordem = :n", s=status, n=numero)

    def produzir(self, numero: str, qtd: object) -> None:
        """Aponta produção numa ordem."""
        self.rodar("UPDATE ordem_producao SET qtd_produzida = :q WHERE numero_ordem = :n", q=Decimal(str(qtd)), n=numero)

    def planejar(self) -> Rodada:
        """Uma rodada com commit."""
        with self.motor.begin() as conexao:
            return rodada.executar(conexao, self.hoje, self.ajustes)

    def ordens(self, *, todas: bool = False) -> list[Vista]:
        """As ordens que não estão canceladas (ou todas), em ordem de número."""
        onde = "" if todas else "WHERE o.status <> 'Cancelada'"
        linhas = self.rodar(f"""
            SELECT o.*, p.numero_ordem AS pai FROM ordem_producao o LEFT JOIN ordem_producao p ON p.id = o.ordem_pai_id
            {onde} ORDER BY o.numero""")
        return [
            Vista(
                r.numero_ordem, r.cod_produto, r.status, r.qtd_planejada, r.data_inicio_prevista, r.data_fim_prevista, r.pai,
                {m["cod_produto"]: m for m in r.materiais_necessarios or ()},
            )
            for r in linhas
        ]  # fmt: skip

    def ordem(self, produto: str) -> Vista:
        """A única ordem viva do produto."""
        (achada,) = [o for o in self.ordens() if o.produto == produto]
        return achada

    def avisos(self) -> dict[str, str]:
        """Os avisos abertos: tipo → mensagem (um por tipo nas histórias)."""
        return {r.tipo: r.mensagem for r in self.rodar("SELECT tipo, mensagem FROM aviso WHERE fechado_em IS NULL ORDER BY id")}

    def carteira(self, lote: str, produto: str) -> None:
        """Uma linha da carteira."""
        self.rodar(
            "INSERT INTO carteira_principal (num_pedido, cod_produto, separacao_lote_id) VALUES (:p, :c, :l)",
            p=f"P-{lote}",
            c=produto,
            l=lote,
        )

    def escritas(self) -> dict[str, list[tuple[Any, ...]]]:
        """xmin e id de cada linha de cada tabela, para provar que nada foi gravado."""
        tabelas = [r[0] for r in self.rodar("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")]
        return {
            t: sorted(tuple(r) for r in self.rodar(f'SELECT xmin::text, ctid::text FROM "{t}"')) for t in tabelas if t != "log_integracao"
        }
