"""O mesmo exame, num XLS (Excel 97–2003): extensão, erros e formatos que mudam o sentido.

Fontes: [MS-CFB] (o arquivo é um disco em miniatura, com setores encadeados) e [MS-XLS] (registros: tipo, tamanho, dados). Só se
percorrem os registros de células; o que não se entende faz `examinar` devolver None, e então nada se supõe dos formatos.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from app.manufatura.planilhas.partes_xlsx import ERROS, Parte, que_muda_o_sentido
from app.manufatura.planilhas.valores import Defeito

_FIM = 0xFFFFFFFA  # daqui para cima não é setor
CODIGOS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
PERCENTUAIS = {9: "0%", 10: "0.00%"}
BOF, EOF, FORMULA, BOUNDSHEET, MULRK, XF, NUMBER, BOOLERR, RK, FORMAT = 0x809, 0x0A, 0x06, 0x85, 0xBD, 0xE0, 0x203, 0x205, 0x27E, 0x41E
COM_CELULA = frozenset({FORMULA, NUMBER, BOOLERR, RK, 0xFD, 0x204, 0xD6})


def examinar(bruto: bytes) -> dict[str, Parte] | None:
    """Nome da aba → o que se viu nela; None se não é um XLS de Excel 97 ou mais novo que se entenda."""
    try:
        fluxo = _fluxo(bruto)
        return _abas(fluxo) if fluxo is not None else None
    except (struct.error, IndexError, ValueError, KeyError):
        return None


def _fluxo(bruto: bytes) -> bytes | None:
    """O fluxo Workbook, juntados os setores dele."""
    tamanho, mini = 1 << struct.unpack_from("<H", bruto, 30)[0], 1 << struct.unpack_from("<H", bruto, 32)[0]
    diretorio, corte, primeiro_mini, primeiro_difat = (struct.unpack_from("<I", bruto, i)[0] for i in (48, 56, 60, 68))
    if tamanho not in (512, 4096):
        return None

    def setor(numero: int) -> bytes:
        return bruto[(numero + 1) * tamanho : (numero + 2) * tamanho]

    lugares = list(struct.unpack_from("<109I", bruto, 76))
    while primeiro_difat < _FIM and len(lugares) * tamanho <= len(bruto):
        dados = struct.unpack(f"<{tamanho // 4}I", setor(primeiro_difat))
        lugares += dados[:-1]
        primeiro_difat = dados[-1]
    fat: list[int] = []
    for lugar in lugares:
        if lugar < _FIM:
            fat += struct.unpack(f"<{tamanho // 4}I", setor(lugar))

    def cadeia(inicio: int, tabela: list[int]) -> Iterator[int]:
        passos = 0
        while inicio < _FIM and passos <= len(tabela):  # uma cadeia em volta não prende ninguém
            yield inicio
            inicio, passos = tabela[inicio], passos + 1

    entradas = b"".join(map(setor, cadeia(diretorio, fat)))
    achados: dict[str, tuple[int, int]] = {}
    for i in range(0, len(entradas) - 127, 128):
        letras = struct.unpack_from("<H", entradas, i + 64)[0]
        nome = entradas[i : i + max(letras - 2, 0)].decode("utf-16-le", "replace")
        achados.setdefault(nome, struct.unpack_from("<II", entradas, i + 116))
    if "Workbook" not in achados:
        return None
    inicio, bytes_ = achados["Workbook"]
    if bytes_ >= corte:
        return b"".join(map(setor, cadeia(inicio, fat)))[:bytes_]
    raiz = b"".join(map(setor, cadeia(achados["Root Entry"][0], fat)))
    mini_fat = [n for s in cadeia(primeiro_mini, fat) for n in struct.unpack(f"<{tamanho // 4}I", setor(s))]
    return b"".join(raiz[n * mini : (n + 1) * mini] for n in cadeia(inicio, mini_fat))[:bytes_]


def _registros(fluxo: bytes, inicio: int) -> Iterator[tuple[int, bytes]]:
    """(tipo, dados) de cada registro, desde `inicio` até o fim da subseção."""
    while inicio + 4 <= len(fluxo):
        tipo, tamanho = struct.unpack_from("<HH", fluxo, inicio)
        yield tipo, fluxo[inicio + 4 : inicio + 4 + tamanho]
        if tipo == EOF:
            return
        inicio += 4 + tamanho


def _abas(fluxo: bytes) -> dict[str, Parte] | None:
    formatos = dict(PERCENTUAIS)
    estilos: list[int] = []
    lugares: dict[str, int] = {}
    for i, (tipo, dados) in enumerate(_registros(fluxo, 0)):
        if i == 0 and (tipo != BOF or struct.unpack_from("<H", dados)[0] != 0x600):
            return None
        if tipo == 0x2F:  # cifrado: o leitor de valores é que o diz
            return None
        if tipo == FORMAT:
            numero = struct.unpack_from("<H", dados)[0]
            formatos[numero] = _texto(dados[2:], 2)
        elif tipo == XF:
            estilos.append(struct.unpack_from("<H", dados, 2)[0])
        elif tipo == BOUNDSHEET:
            lugares[_texto(dados[6:], 1)] = struct.unpack_from("<I", dados)[0]
    mudam = {i: s for i, f in enumerate(estilos) if f in formatos and (s := que_muda_o_sentido(formatos[f]))}
    return {nome: _aba(fluxo, lugar, mudam) for nome, lugar in lugares.items()}


def _texto(dados: bytes, conta: int) -> str:
    """Um texto do XLS: quantas letras (em `conta` bytes), as marcas, e as letras em um ou dois bytes."""
    letras, marcas = (dados[0], dados[1]) if conta == 1 else (struct.unpack_from("<H", dados)[0], dados[2])
    resto = dados[conta + 1 :]
    return resto[: letras * 2].decode("utf-16-le", "replace") if marcas & 1 else resto[:letras].decode("latin-1")


def _aba(fluxo: bytes, inicio: int, mudam: dict[int, str]) -> Parte:
    parte = Parte()
    for tipo, dados in _registros(fluxo, inicio):
        if tipo == MULRK:
            linha, coluna = struct.unpack_from("<HH", dados)
            for i in range((len(dados) - 6) // 6):
                _celula(parte, linha, coluna + i, struct.unpack_from("<H", dados, 4 + i * 6)[0], mudam)
        elif tipo in COM_CELULA:
            linha, coluna, estilo = struct.unpack_from("<HHH", dados)
            _celula(parte, linha, coluna, estilo, mudam if tipo in (FORMULA, NUMBER, RK) else {})
            codigo = None
            if tipo == BOOLERR and dados[7]:
                codigo = dados[6]
            elif tipo == FORMULA and dados[12:14] == b"\xff\xff" and dados[6] == 2:
                codigo = dados[8]
            if codigo is not None:
                mostra = ERROS.get(CODIGOS.get(codigo, ""), "#ERRO!")
                parte.defeitos[linha, coluna] = Defeito(mostra, f"um valor; a célula tem o erro {mostra}")
    return parte


def _celula(parte: Parte, linha: int, coluna: int, estilo: int, mudam: dict[int, str]) -> None:
    parte.linhas, parte.colunas = max(parte.linhas, linha + 1), max(parte.colunas, coluna + 1)
    if estilo in mudam:
        parte.formatos[linha, coluna] = mudam[estilo]
