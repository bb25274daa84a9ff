"""Onde estão os títulos: a linha, entre as primeiras, em que mais títulos se reconhecem, com os mesclados de cima.

Acima dela pode haver um nome de relatório, uma data, linhas vazias. Um título mesclado sobre dois ("Componente" sobre "Código" e
"Quantidade") vale junto com o de baixo; um mesclado para baixo vale na linha de baixo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.manufatura.planilhas.erros import SemCabecalho, TituloRepetido
from app.manufatura.planilhas.folha import Folha
from app.manufatura.planilhas.tipos import Tipo, simplificar
from app.manufatura.planilhas.valores import endereco, mostrar, vazio

PROCURA = 40


@dataclass
class Cabecalho:
    """`linha` (a partir de 0) e `colunas`: índice → nome da coluna nossa; `outras`: índice → título que não se reconhece."""

    linha: int
    colunas: dict[int, str]
    outras: dict[int, str] = field(default_factory=dict)
    ultima: int = 0


def achar(folha: Folha, tipo: Tipo, onde: str) -> Cabecalho:
    """O cabeçalho de uma folha. Erros: SemCabecalho (com o que falta), TituloRepetido (com os dois endereços)."""
    conhecidos = tipo.titulos()
    melhor: dict[int, list[str]] = {}
    escolhida = 0
    for linha in range(min(PROCURA, len(folha.linhas))):
        achadas = _reconhecer(folha, linha, conhecidos)
        empata_abaixo = len(_unicas(achadas)) == len(_unicas(melhor)) and linha == escolhida + 1 and _desce(folha, escolhida)
        if len(_unicas(achadas)) > len(_unicas(melhor)) or (empata_abaixo and melhor):
            melhor, escolhida = achadas, linha
    obrigatorias = [c for c in tipo.colunas if c.obrigatoria]
    presentes = _unicas(melhor)
    if len(presentes) < 2:  # um título sozinho pode ser uma frase qualquer
        melhor, presentes = {}, set()
    if faltam := [c.titulo for c in obrigatorias if c.nome not in presentes]:
        raise SemCabecalho(
            onde=onde, faltam=", ".join(f"“{t}”" for t in faltam), achados=_achados(folha, melhor, escolhida), tipo=tipo.nome
        )
    return _montar(folha, tipo, melhor, escolhida, onde)


def quantos(linhas: Sequence[Sequence[str]], tipo: Tipo) -> int:
    """Quantas colunas do tipo se reconhecem na melhor destas linhas (para escolher o separador de um CSV)."""
    conhecidos = tipo.titulos()
    return max((len({conhecidos[t] for campo in linha if (t := simplificar(campo)) in conhecidos}) for linha in linhas), default=0)


def _reconhecer(folha: Folha, linha: int, conhecidos: Mapping[str, str]) -> dict[int, list[str]]:
    """Coluna → nomes possíveis: com o título de grupo antes ("Componente Código"), e sozinho."""
    achadas: dict[int, list[str]] = {}
    for coluna in range(len(folha.linhas[linha])):
        titulo = _titulo(folha, linha, coluna)
        if not titulo:
            continue
        grupo = _grupo(folha, linha, coluna)
        formas = [f"{grupo} {titulo}", f"{titulo} {grupo}", titulo] if grupo else [titulo]
        nomes = [conhecidos[s] for forma in formas if (s := simplificar(forma)) in conhecidos]
        if nomes:
            achadas[coluna] = nomes[:1] if grupo and len(nomes) > 1 else nomes
    return achadas


def _titulo(folha: Folha, linha: int, coluna: int) -> str:
    valor = folha.celula(linha, coluna)
    return "" if vazio(valor) or not isinstance(valor, str) else valor


def _grupo(folha: Folha, linha: int, coluna: int) -> str:
    """O título mesclado, na linha de cima, sobre mais de uma coluna, esta inclusive."""
    for (primeira, esquerda), (ultima, direita) in folha.mescladas:
        if primeira <= linha - 1 <= ultima and linha > ultima and esquerda <= coluna <= direita and direita > esquerda:
            return _titulo(folha, primeira, esquerda)
    return ""


def _desce(folha: Folha, linha: int) -> bool:
    """Se algum título desta linha está mesclado com a de baixo."""
    return any(primeira <= linha < ultima for (primeira, _), (ultima, _) in folha.mescladas)


def _unicas(achadas: Mapping[int, list[str]]) -> set[str]:
    return {nomes[0] for nomes in achadas.values()}


def _achados(folha: Folha, melhor: Mapping[int, list[str]], linha: int) -> str:
    if not melhor:
        return ""
    titulos = ", ".join(f"“{mostrar(folha.celula(linha, c))}”" for c in sorted(melhor))
    return f"Na linha {linha + 1} reconheci {titulos}. "


def _montar(folha: Folha, tipo: Tipo, achadas: Mapping[int, list[str]], linha: int, onde: str) -> Cabecalho:
    lugares: dict[str, int] = {}
    for coluna in sorted(achadas):
        nome = achadas[coluna][0]
        if nome in lugares:
            raise TituloRepetido(
                onde=onde, primeira=endereco(linha, lugares[nome]), segunda=endereco(linha, coluna), coluna=f"“{tipo.coluna(nome).titulo}”"
            )
        lugares[nome] = coluna
    ignoradas = tipo.ignoradas()
    outras = {
        c: titulo
        for c in range(len(folha.linhas[linha]))
        if c not in achadas and (titulo := _titulo(folha, linha, c)) and simplificar(titulo) not in ignoradas
    }
    ultima = max((c for c in range(len(folha.linhas[linha])) if _titulo(folha, linha, c)), default=0)
    return Cabecalho(linha, {c: n for n, c in lugares.items()}, outras, ultima)
