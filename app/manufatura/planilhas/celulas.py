"""De uma célula a um valor nosso, por espécie de coluna: cada função aceita o que as pessoas escrevem ou diz o que esperava.

Números de planilha são binários de 64 bits: valem os 15 algarismos que o Excel mostra, então 0,30000000000000004 é 0,3.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.manufatura.planilhas import cnpj
from app.manufatura.planilhas.datas import data as _data
from app.manufatura.planilhas.numeros import CelulaInvalida, de_texto
from app.manufatura.planilhas.valores import ESPACOS, INVISIVEIS, Defeito, Mascarado, Percentual, Valor

MAIOR = Decimal(10) ** 15
CASAS = 10
_CIENTIFICA = re.compile(r"[0-9](?:[.,][0-9]+)?E[+-]?[0-9]{1,3}", re.IGNORECASE)


@dataclass(frozen=True)
class Leitura:
    """O que vale para todas as células de uma coluna.

    `fuso`: SCHEDULER_TIMEZONE, para instantes com fuso. `ponto_decimal`: há, na coluna, número em texto em que o ponto só pode ser
    decimal (12.5), de modo que 1.234 é duvidoso. `formatos`: o leitor soube dizer que células mostram %. `sistema_1904`: a conta
    dos dias da pasta de trabalho começa em 1904.
    """

    fuso: ZoneInfo
    ponto_decimal: bool = False
    formatos: bool = True
    sistema_1904: bool = False


def texto(valor: Valor, maximo: int = 500) -> str:
    """Texto sem espaços nas pontas; um número inteiro vira os seus algarismos."""
    if isinstance(valor, Defeito):
        raise CelulaInvalida(valor.motivo)
    if isinstance(valor, bool | date | time | timedelta):
        raise CelulaInvalida("um texto")
    if isinstance(valor, int | float):
        return _algarismos(valor, "um texto")
    limpo = INVISIVEIS.sub("", valor).strip(ESPACOS)
    ruins = [c for c in limpo if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\r\t"]
    if ruins:
        raise CelulaInvalida(f"um texto sem caracteres de controle (há um U+{ord(ruins[0]):04X})")
    limpo = re.sub(r"[\r\n\t]+", " ", limpo)
    if len(limpo) > maximo:
        raise CelulaInvalida(f"um texto de até {maximo} letras (este tem {len(limpo)})")
    return limpo


def codigo(valor: Valor) -> str:
    """Código: texto fica como está (007 guarda os zeros); a célula numérica 7,0 é o código 7."""
    if isinstance(valor, date | time | timedelta):
        raise CelulaInvalida("um código; a planilha fez dele uma data. Formate a coluna como texto e digite de novo")
    if isinstance(valor, Mascarado):
        raise CelulaInvalida("um código em texto; aqui há um número que só o formato da célula faz parecer um código")
    if isinstance(valor, bool):
        raise CelulaInvalida("um código")
    if isinstance(valor, int | float):
        return _algarismos(valor, "um código")
    limpo = texto(valor, 100)
    if _CIENTIFICA.fullmatch(limpo) and len(limpo) > 5:
        raise CelulaInvalida("um código; a planilha o trocou por notação científica. Formate a coluna como texto e digite de novo")
    return limpo


def _algarismos(valor: float, esperado: str) -> str:
    """Um número inteiro de até 15 algarismos → os algarismos."""
    if valor < 0:
        raise CelulaInvalida(esperado)
    if not float(valor).is_integer():  # também infinito e NaN
        raise CelulaInvalida(f"{esperado}; um número com casas decimais não é um. Formate a coluna como texto e digite de novo")
    if abs(valor) >= 1e15:
        raise CelulaInvalida(
            f"{esperado}; com mais de 15 algarismos, a planilha já arredondou o número. Formate a coluna como texto e digite de novo"
        )
    return str(int(valor))


def decimal(
    valor: Valor, leitura: Leitura, *, minimo: Decimal | None = None, positivo: bool = False, ponto_duvidoso: bool = False
) -> Decimal:
    """Número exato. Em texto, à brasileira (1.234,56). `ponto_duvidoso`: numa coluna em que 1.234 pode ser 1,234, recusa-o."""
    esperado = "um número maior que zero" if positivo else "um número" if minimo is None else f"um número a partir de {minimo}"
    esperado += ", como 1.234,56"
    numero = _numero(valor, leitura, ponto_duvidoso, esperado)
    if (positivo and numero <= 0) or (minimo is not None and numero < minimo):
        raise CelulaInvalida(esperado)
    return numero


def percentual(valor: Valor, leitura: Leitura) -> Decimal:
    """Percentual a partir de 0, em pontos: "5%", 5 e a célula 0,05 mostrada como 5% dão 5."""
    esperado = "um percentual a partir de 0, como 5% ou 2,5"
    if isinstance(valor, str):
        limpo = valor.strip(ESPACOS)
        numero = _numero(limpo[:-1] if limpo.endswith("%") else limpo, leitura, True, esperado)
    elif isinstance(valor, Percentual):
        numero = _conferido(Decimal(f"{valor * 100:.12g}"), esperado)
    else:
        numero = _numero(valor, leitura, True, esperado)
        if not leitura.formatos and 0 < numero < 1:
            raise CelulaInvalida("um percentual sem dúvida (neste tipo de arquivo 0,05 pode ser 5%): escreva em texto, como 5% ou 0,05%")
    if numero < 0:
        raise CelulaInvalida(esperado)
    return numero


def inteiro(valor: Valor, leitura: Leitura, minimo: int, maximo: int) -> int:
    """Número inteiro entre `minimo` e `maximo`."""
    esperado = f"um número inteiro de {minimo} a {maximo}"
    numero = _numero(valor, leitura, False, esperado)
    if numero != numero.to_integral_value() or not minimo <= numero <= maximo:
        raise CelulaInvalida(esperado)
    return int(numero)


def _numero(valor: Valor, leitura: Leitura, ponto_duvidoso: bool, esperado: str) -> Decimal:
    if isinstance(valor, Defeito):
        raise CelulaInvalida(valor.motivo)
    if isinstance(valor, date | time | timedelta):
        raise CelulaInvalida(f"{esperado}; a célula está formatada como data ou hora")
    if isinstance(valor, bool):
        raise CelulaInvalida(esperado)
    if isinstance(valor, str):
        return _conferido(de_texto(valor, esperado, duvidoso=ponto_duvidoso or leitura.ponto_decimal), esperado)
    return _conferido(Decimal(f"{valor:.15g}"), esperado)


def _conferido(numero: Decimal, esperado: str) -> Decimal:
    """Recusa o que não é número, o que passa de 10^15 e mais de 10 casas; tira os zeros do fim."""
    if not numero.is_finite():
        raise CelulaInvalida(esperado)
    if abs(numero) >= MAIOR:
        raise CelulaInvalida(f"{esperado}; este passa de 15 algarismos")
    certo = round(numero, CASAS).normalize()
    return certo.quantize(Decimal(1)) if certo == certo.to_integral_value() else certo


def data(valor: Valor, leitura: Leitura) -> date:
    """Data local: célula de data, número de série, dd/mm/aaaa, ISO, ou texto; um instante com fuso vira a data em `fuso`."""
    if isinstance(valor, Defeito):
        raise CelulaInvalida(valor.motivo)
    return _data(valor, leitura.fuso, leitura.sistema_1904)


_SIM = {"sim", "s", "verdadeiro", "v", "true", "t", "yes", "y", "1", "x", "ativo", "on"}
_NAO = {"nao", "n", "falso", "f", "false", "no", "0", "inativo", "off"}


def logico(valor: Valor) -> bool:
    """sim/não, S/N, verdadeiro/falso, 1/0, X."""
    if isinstance(valor, Defeito):
        raise CelulaInvalida(valor.motivo)
    palavra = str(int(valor)) if isinstance(valor, int | float) and valor in (0, 1) else chave(str(valor))
    if palavra in _SIM or palavra in _NAO:
        return palavra in _SIM
    raise CelulaInvalida("sim ou não")


def opcao(valor: Valor, opcoes: dict[str, str]) -> str:
    """Uma de poucas palavras, sem ligar para maiúsculas e acentos. `opcoes`: forma simples → valor guardado."""
    if isinstance(valor, Defeito):
        raise CelulaInvalida(valor.motivo)
    achada = opcoes.get(chave(str(valor)))
    if achada is None:
        raise CelulaInvalida(" ou ".join(dict.fromkeys(opcoes.values())))
    return achada


def documento(valor: Valor) -> str:
    """CNPJ (14 caracteres, letras inclusive) ou CPF (11), sem pontuação, com os verificadores certos.

    Uma célula numérica perdeu os zeros da esquerda: eles voltam, e os verificadores dizem se deu certo.
    """
    esperado = "um CNPJ ou CPF com os dígitos verificadores certos"
    if isinstance(valor, int | float) and not isinstance(valor, bool):
        algarismos = _algarismos(valor, esperado)
        candidatos = {algarismos.zfill(14)} if cnpj.cnpj_valido(algarismos.zfill(14)) else set()
        if len(algarismos) <= 11 and cnpj.cpf_valido(algarismos.zfill(11)):
            candidatos.add(algarismos.zfill(11))
        if len(candidatos) == 1:
            return candidatos.pop()
        raise CelulaInvalida(f"{esperado}; o número serve aos dois, escreva-o como texto, com os zeros" if candidatos else esperado)
    limpo = cnpj.limpar(texto(valor))
    if cnpj.cnpj_valido(limpo) or cnpj.cpf_valido(limpo):
        return limpo
    raise CelulaInvalida(esperado)


def prefixo(valor: Valor) -> str:
    """Os 8 primeiros caracteres de um CNPJ, dados sozinhos ou com o CNPJ inteiro (então conferido)."""
    esperado = "os 8 primeiros caracteres de um CNPJ, ou um CNPJ inteiro"
    if isinstance(valor, int | float) and not isinstance(valor, bool):
        algarismos = _algarismos(valor, esperado)
        limpo = algarismos.zfill(8) if len(algarismos) <= 8 else algarismos.zfill(14)
        if len(algarismos) <= 8 and cnpj.cnpj_valido(algarismos.zfill(14)):  # 191: a raiz 00000191, ou o CNPJ 00.000.000/0001-91?
            raise CelulaInvalida(f"{esperado}; o número serve aos dois, escreva-o como texto, com os zeros")
    else:
        limpo = cnpj.limpar(texto(valor))
    if re.fullmatch(r"[0-9A-Z]{8}", limpo):
        return limpo
    if cnpj.cnpj_valido(limpo):
        return limpo[:8]
    raise CelulaInvalida(esperado)


def chave(palavra: str) -> str:
    """Minúsculas, sem acentos, só letras e algarismos separados por um espaço: 'Cód. Produto*' → 'cod produto'."""
    sem_acento = "".join(c for c in unicodedata.normalize("NFKD", palavra) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9%$]+", sem_acento.casefold()))


__all__ = [
    "CelulaInvalida",
    "Leitura",
    "chave",
    "codigo",
    "data",
    "decimal",
    "documento",
    "inteiro",
    "logico",
    "opcao",
    "percentual",
    "prefixo",
    "texto",
]
