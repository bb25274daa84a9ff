"""Das células às linhas que servem: converte, confere cada linha e as chaves repetidas, e guarda cada recusa com o endereço."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.manufatura.planilhas import cabecalho, leitura
from app.manufatura.planilhas.cabecalho import Cabecalho
from app.manufatura.planilhas.celulas import CelulaInvalida, Leitura
from app.manufatura.planilhas.erros import AbaAusente, AbaDuvidosa, SemCabecalho, SemLinhas
from app.manufatura.planilhas.folha import Folha, Limites
from app.manufatura.planilhas.leitura import Livro
from app.manufatura.planilhas.numeros import ponto_so_pode_ser_decimal
from app.manufatura.planilhas.problemas import Problema
from app.manufatura.planilhas.tipos import Coluna, Tipo, simplificar
from app.manufatura.planilhas.valores import Valor, vazio

MARCA_EXEMPLO = "(exemplo)"


@dataclass
class Linha:
    """Uma linha que serve, ou quase: `numero` a partir de 0; `valores`: nome da coluna → valor (None = vazia)."""

    numero: int
    valores: dict[str, Any]


@dataclass
class Lida:
    """Uma planilha lida e conferida. `linhas` são as que servem; `problemas`, o porquê das outras; `exemplos`: linhas do modelo."""

    tipo: Tipo
    arquivo: str
    folha: Folha
    cabecalho: Cabecalho
    linhas: list[Linha] = field(default_factory=list)
    problemas: list[Problema] = field(default_factory=list)
    avisos: list[str] = field(default_factory=list)
    exemplos: int = 0
    ocorrencias: dict[int, int] = field(default_factory=dict)  # linha → a ocorrência que se contou (histórico)
    arrastadas: dict[int, str] = field(default_factory=dict)  # linha boa que sai com outra (da mesma estrutura) → por quê

    @property
    def presentes(self) -> list[str]:
        """As colunas do tipo que a planilha tem, na ordem do tipo."""
        return [c.nome for c in self.tipo.colunas if c.nome in self._lugares]

    @property
    def _lugares(self) -> dict[str, int]:
        return {nome: coluna for coluna, nome in self.cabecalho.colunas.items()}

    @property
    def rejeitadas(self) -> list[int]:
        """Os números das linhas recusadas, em ordem."""
        return sorted({p.linha for p in self.problemas} | self.arrastadas.keys())

    def recusar(self, linha: int, nome: str | None, esperado: str) -> None:
        """Mais um problema, na célula da coluna `nome` (ou na linha toda)."""
        coluna = self._lugares.get(nome) if nome is not None else None
        titulo = self.tipo.coluna(nome).titulo if nome is not None else ""
        valor = self.folha.celula(linha, coluna) if coluna is not None else None
        self.problemas.append(Problema.da_celula(self.folha.nome, linha, coluna, titulo, valor, esperado)
                              if coluna is not None else Problema(self.folha.nome, linha, None, "", "", esperado))  # fmt: skip

    def tirar_recusadas(self) -> None:
        """Deixa em `linhas` só as que não têm problema, e põe os problemas em ordem."""
        fora = {p.linha for p in self.problemas} | self.arrastadas.keys()
        self.linhas = [linha for linha in self.linhas if linha.numero not in fora]
        self.problemas.sort(key=lambda p: (p.linha, -1 if p.coluna is None else p.coluna))


Conferencia = Callable[[Lida], None]


def ler(
    caminho: Path,
    tipo: Tipo,
    fuso: ZoneInfo,
    *,
    aba: str | None = None,
    limites: Limites | None = None,
    conferencias: Sequence[Conferencia] = (),
) -> Lida:
    """Lê e confere um arquivo, sem banco. `conferencias`: as do tipo, sobre a planilha inteira. Erros: os de erros.py."""
    livro = leitura.ler(caminho, lambda linhas: cabecalho.quantos(linhas, tipo), limites)
    folha, achado = _escolher(livro, tipo, aba)
    lida = Lida(tipo, caminho.name, folha, achado)
    contexto = _contextos(folha, achado, tipo, fuso)
    for numero in range(achado.linha + 1, len(folha.linhas)):
        _uma(lida, numero, contexto)
    if not lida.linhas and not lida.problemas:
        raise SemLinhas(arquivo=caminho.name)
    if achado.outras:
        lida.avisos.append("Colunas que não conheço e não li: " + ", ".join(f"“{t}”" for t in achado.outras.values()) + ".")
    for conferir in conferencias:
        conferir(lida)
    if not tipo.repete:
        _repetidas(lida)
    lida.tirar_recusadas()
    return lida


def _escolher(livro: Livro, tipo: Tipo, aba: str | None) -> tuple[Folha, Cabecalho]:
    """A aba pedida, ou a única visível em que os títulos se acham (com a de mesmo nome do tipo na frente)."""
    if aba is not None:
        nome = next((n for n in (*livro.nomes, *livro.ocultas) if n.casefold() == aba.casefold()), None)
        if nome is None:
            raise AbaAusente(arquivo=livro.arquivo, aba=aba, abas=", ".join(livro.nomes))
        folha = livro.abrir(nome)
        return folha, cabecalho.achar(folha, tipo, _onde(livro, nome))
    achadas: list[tuple[Folha, Cabecalho]] = []
    erro: SemCabecalho | None = None
    for nome in livro.nomes:
        folha = livro.abrir(nome)
        try:
            achadas.append((folha, cabecalho.achar(folha, tipo, _onde(livro, nome))))
        except SemCabecalho as achado:
            erro = achado if erro is None or (achado.fatos["achados"] and not erro.fatos["achados"]) else erro
    if len(achadas) > 1:
        iguais = [a for a in achadas if simplificar(a[0].nome) == simplificar(tipo.titulo)]
        if len(iguais) != 1:
            raise AbaDuvidosa(arquivo=livro.arquivo, abas=", ".join(folha.nome for folha, _ in achadas))
        achadas = iguais
    if not achadas:
        raise erro or SemCabecalho(onde=livro.arquivo, faltam="tudo", achados="", tipo=tipo.nome)
    return achadas[0]


def _onde(livro: Livro, nome: str) -> str:
    return f"{livro.arquivo}, aba {nome}" if nome else livro.arquivo


def _contextos(folha: Folha, achado: Cabecalho, tipo: Tipo, fuso: ZoneInfo) -> dict[int, tuple[Coluna, Leitura]]:
    """Índice → coluna e o que vale para ela; numa coluna em que algum ponto só pode ser decimal, 1.234 é duvidoso."""
    contextos = {}
    for indice, nome in sorted(achado.colunas.items()):
        coluna = tipo.coluna(nome)
        ponto = coluna.numerica and any(
            isinstance(v, str) and "." in v and ponto_so_pode_ser_decimal(v)
            for linha in folha.linhas[achado.linha + 1 :]
            if indice < len(linha) and (v := linha[indice]) != ""
        )
        contextos[indice] = (coluna, Leitura(fuso, ponto, folha.formatos, folha.sistema_1904))
    return contextos


def _uma(lida: Lida, numero: int, contextos: dict[int, tuple[Coluna, Leitura]]) -> None:
    celulas = lida.folha.linhas[numero]
    if all(vazio(_celula(celulas, i)) for i in contextos):
        return  # vazia, ou com algo só em colunas que não se leem
    if any(isinstance(v := _celula(celulas, i), str) and v.strip().casefold().startswith(MARCA_EXEMPLO) for i in contextos):
        lida.exemplos += 1
        return
    if _titulos_de_novo(lida, celulas):
        return
    valores: dict[str, Any] = {}
    antes = len(lida.problemas)
    for indice, (coluna, leitura_) in contextos.items():
        valor = _celula(celulas, indice)
        try:
            if coluna.numerica and (numero, indice) in lida.folha.espalhadas:
                raise CelulaInvalida("um número em cada linha; a célula está mesclada com a de cima")
            valores[coluna.nome] = _converter(coluna, valor, leitura_)
        except CelulaInvalida as erro:
            lida.recusar(numero, coluna.nome, str(erro))
    if lida.folha.csv:
        for indice in range(lida.cabecalho.ultima + 1, len(celulas)):
            if not vazio(celulas[indice]):
                esperado = "nada aqui: a linha tem mais células que os títulos (há uma vírgula decimal sem aspas, ou um separador a mais?)"
                lida.problemas.append(Problema.da_celula(lida.folha.nome, numero, indice, "sem título", celulas[indice], esperado))
                break
    # Onde as linhas se contam ou se juntam (histórico, estruturas), a recusada também conta, se a sua identidade se leu.
    legivel = lida.tipo.repete and all(coluna.nome in valores for coluna, _ in contextos.values() if coluna.nome in lida.tipo.chave)
    if legivel or len(lida.problemas) == antes:
        lida.linhas.append(Linha(numero, valores))


def _celula(celulas: Sequence[Valor], indice: int) -> Valor | None:
    return celulas[indice] if indice < len(celulas) else None


def _converter(coluna: Coluna, valor: Valor | None, leitura_: Leitura) -> Any:
    if valor is None or vazio(valor):
        if coluna.obrigatoria:
            raise CelulaInvalida(coluna.ajuda[0].lower() + coluna.ajuda[1:].split(".")[0].split(";")[0])
        return None if coluna.conserva else coluna.padrao
    convertido = coluna.converter(valor, leitura_)
    if convertido == "" and coluna.obrigatoria:
        raise CelulaInvalida(coluna.titulo.lower())
    return None if convertido == "" else convertido


def _titulos_de_novo(lida: Lida, celulas: Sequence[Valor]) -> bool:
    """A linha de títulos repetida no meio (relatórios quebrados em páginas)."""
    titulos = lida.folha.linhas[lida.cabecalho.linha]
    return all(_celula(celulas, i) == _celula(titulos, i) and not vazio(_celula(celulas, i)) for i in lida.cabecalho.colunas)


def _repetidas(lida: Lida) -> None:
    """Duas linhas com a mesma identidade: recusa da segunda em diante, citando a primeira."""
    vistas: dict[tuple[Any, ...], int] = {}
    for linha in lida.linhas:
        identidade = tuple(linha.valores.get(c) for c in lida.tipo.chave)
        if identidade in vistas:
            nomes = ", ".join(lida.tipo.coluna(c).titulo.lower() for c in lida.tipo.chave)
            lida.recusar(linha.numero, None, f"repete a linha {vistas[identidade] + 1} (mesma identidade: {nomes}). Junte as duas numa só")
        else:
            vistas[identidade] = linha.numero
