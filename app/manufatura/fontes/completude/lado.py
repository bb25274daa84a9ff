"""Um lado a lado: como um modelo do Odoo se compara com a nossa tabela, em faixas de id."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Connection, text

from app.manufatura.fontes.contexto import Contexto
from app.manufatura.services.conferencia.comparacao import Registro

ABSURDO = Decimal(10) ** 15
UM = Decimal(1)


class Lado(ABC):
    """Como se lê, dos dois lados, o que corresponde a um modelo do Odoo.

    `fluxo`: nome da fonte (o de `manufatura importar`). `parcial`: só se olham os registros que o nosso lado tem (cadastros
    trazidos por serem citados).
    """

    fluxo: ClassVar[str]
    titulo: ClassVar[str]
    modelo: str
    parcial: ClassVar[bool] = False

    def __init__(self, contexto: Contexto) -> None:
        self.ctx = contexto
        self._meses: dict[str, str] = {}
        self._fatores: dict[int, Decimal] | None = None
        self._passos: dict[int, Decimal] = {}
        self._unidade_do_produto: dict[int, int] = {}

    def existe(self) -> bool:
        """Se este Odoo tem o modelo (o módulo está instalado)."""
        return self.ctx.capacidades.existe(self.modelo)

    @abstractmethod
    def dominio(self, corte: date) -> list[Any]:
        """O que se importa, com documentos fechados desde `corte` (data local)."""

    @abstractmethod
    def campos(self) -> list[str]:
        """O mínimo a ler de cada registro."""

    @abstractmethod
    def do_odoo(self, registros: Sequence[Mapping[str, Any]]) -> dict[int, Registro]:
        """Registros lidos do Odoo → id → o que se compara."""

    @abstractmethod
    def daqui(self, conexao: Connection, apos: int, ate: int | None) -> dict[int, Registro]:
        """O que está guardado com id do Odoo em (apos, ate] (None: sem fim): id → o que se compara. Excluídos não entram."""

    def nomes(self, documentos: Iterable[int]) -> dict[int, str]:
        """O número de cada documento do Odoo (id do cabeçalho → número), para dizer o que falta."""
        return {}

    def conciliar(self, la: dict[int, Registro], aqui: Mapping[int, Registro]) -> None:
        """Antes de comparar uma faixa: tira de `la` as diferenças que são da conta do Odoo, e não de dado perdido."""
        return

    # --- comum a todos -------------------------------------------------------------------------------------------------------

    def mes(self, instante: object) -> str:
        """'2026-12-01 01:30:00' (UTC, como o Odoo escreve) → o mês local, 'aaaa-mm'; '' se vazio."""
        if not isinstance(instante, str) or len(instante) < 19:
            return ""
        hora = instante[:13]  # todo fuso do Brasil dista do UTC horas inteiras
        if hora not in self._meses:
            quando = datetime.fromisoformat(instante[:19]).replace(tzinfo=UTC)
            self._meses[hora] = f"{quando.astimezone(self.ctx.fuso):%Y-%m}"
        return self._meses[hora]

    def fator(self, unidade: object) -> Decimal:
        """Quantas unidades de referência há na unidade dada, perguntado ao Odoo uma vez."""
        if self._fatores is None:
            lidas = self.ctx.cliente.buscar_ler("uom.uom", [], ["factor", "rounding"], contexto=self.ctx.contexto_odoo)
            self._passos = {r["id"]: p for r in lidas if (p := numero(r["rounding"]))}
            direto = self.ctx.capacidades.tem("uom.uom", "relative_factor")  # do 19 em diante, dúzia = 12; antes, 1/12
            self._fatores = {r["id"]: f if direto else UM / f for r in lidas if (f := numero(r["factor"]))}
        return self._fatores.get(id_de(unidade) or 0, UM)

    def passo(self, unidade: object) -> Decimal:
        """A menor quantidade que o Odoo guarda nesta unidade (nela mesma): 0,01, se ele não diz."""
        self.fator(unidade)
        return self._passos.get(id_de(unidade) or 0, Decimal("0.01"))

    def aprender_produtos(self, produtos: Iterable[object]) -> None:
        """Lê do Odoo a unidade dos produtos ainda não vistos (uma chamada)."""
        novos = sorted({i for p in produtos if (i := id_de(p)) and i not in self._unidade_do_produto})
        for inicio in range(0, len(novos), 20_000):
            lote = novos[inicio : inicio + 20_000]
            for r in self.ctx.cliente.ler("product.product", lote, ["uom_id"], contexto=self.ctx.contexto_odoo):
                self._unidade_do_produto[r["id"]] = id_de(r["uom_id"]) or 0

    def na_unidade_do_produto(self, quantidade: object, unidade: object, produto: object) -> Decimal | None:
        """A quantidade levada da unidade dada à do produto (já aprendido); None se não é um número."""
        valor = numero(quantidade)
        if valor is None:
            return None
        return valor * self.razao(unidade, produto)

    def razao(self, unidade: object, produto: object) -> Decimal:
        """Quantas unidades do produto há numa unidade da linha (dúzia de um produto em unidades: 12)."""
        do_produto = self._unidade_do_produto.get(id_de(produto) or 0)
        if not do_produto or not id_de(unidade):
            return UM
        return self.fator(unidade) / self.fator(do_produto)

    def linhas(self, conexao: Connection, consulta: str, apos: int, ate: int | None) -> Iterable[Any]:
        """Linhas de `consulta`, que usa :apos, :ate e, se citado, :empresas e :fuso."""
        todos = {
            "apos": apos,
            "ate": ate if ate is not None else 2**63 - 1,
            "fuso": str(self.ctx.fuso),
            "empresas": list(self.ctx.empresas),
        }
        return conexao.execute(text(consulta), {n: v for n, v in todos.items() if f":{n}" in consulta})

    def so_empresas(self, coluna: str = "empresa_id") -> str:
        """Condição SQL que restringe às empresas desta sessão: as escolhidas, ou as que o usuário da integração vê agora.

        O que é de uma empresa que ele deixou de ver não se compara: não está no que o Odoo lhe mostra, e não foi apagado.
        """
        return f" AND {coluna} = ANY(:empresas)" if self.ctx.restringe_empresas else f" AND coalesce({coluna} = ANY(:empresas), true)"


def numero(valor: object) -> Decimal | None:
    """O número do Odoo, exato; None se não é um número que se possa somar (texto, NaN, infinito, absurdo). Vazio é 0."""
    if valor is False or valor is None:
        return Decimal(0)
    if not isinstance(valor, int | float):
        return None
    exato = Decimal(repr(valor))
    return exato if exato.is_finite() and abs(exato) < ABSURDO else None


def id_de(valor: object) -> int | None:
    """O id de um many2one, nu ou [id, nome]; None se vazio."""
    if isinstance(valor, list | tuple):
        valor = valor[0] if valor else False
    return valor if isinstance(valor, int) and not isinstance(valor, bool) else None


def aparado(valor: object) -> str | None:
    """O texto sem espaços nas pontas; None se vazio."""
    return valor.strip() or None if isinstance(valor, str) else None
