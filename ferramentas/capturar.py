"""Roda um comando num terminal de mentira e grava o que ficou na tela como SVG (a captura do LEIA-ME).

Uso: .venv/bin/python ferramentas/capturar.py docs/imagens/demo-completa.svg 'make demo' -- .venv/bin/python -m app demo
O segundo argumento é o comando que aparece no prompt da imagem. Um destino com trechos (`demo.svg:0-22,100-112`) leva só essas linhas, com
uma linha de reticências entre eles; dá para gravar vários destinos separados por espaço. Entende o bastante de um terminal para as
barras do rich: cores, volta ao começo da linha, subir linhas, apagar linha.
"""

from __future__ import annotations

import fcntl
import html
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path

COLUNAS, ALTURA_LINHA, LARGURA_LETRA, MARGEM = 100, 20, 8.4, 16
FUNDO, TEXTO, APAGADO = "#16181d", "#d6d9e0", "#8a909c"
CORES = {30: "#4d535e", 31: "#ff6b6b", 32: "#5ad17a", 33: "#e5c15c", 34: "#6aa8ff", 35: "#d58bff", 36: "#4fd0d6", 37: TEXTO}
CORES |= {90 + (codigo - 30): cor for codigo, cor in CORES.items()}
SEQUENCIA = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b\][^\x07]*\x07|\x1b[()][A-Z0-9]")

Celula = tuple[str, str, bool]  # letra, cor, negrito


class Tela:
    """As linhas que o comando deixou no terminal, com a cor de cada letra."""

    def __init__(self) -> None:
        self.linhas: list[list[Celula]] = [[]]
        self.linha = self.coluna = 0
        self.cor, self.negrito = TEXTO, False

    def escrever(self, texto: str) -> None:
        fim = 0
        for achado in SEQUENCIA.finditer(texto):
            self._letras(texto[fim : achado.start()])
            self._controle(achado.group(1) or "", achado.group(2) or "")
            fim = achado.end()
        self._letras(texto[fim:])

    def _letras(self, texto: str) -> None:
        for letra in texto:
            if letra == "\n":
                self.linha += 1
                while len(self.linhas) <= self.linha:
                    self.linhas.append([])
            elif letra == "\r":
                self.coluna = 0
            elif letra.isprintable() and not unicodedata.combining(letra):
                if self.coluna >= COLUNAS:
                    self._letras("\r\n")
                linha = self.linhas[self.linha]
                linha.extend((" ", TEXTO, False) for _ in range(self.coluna + 1 - len(linha)))
                linha[self.coluna] = (letra, self.cor, self.negrito)
                self.coluna += 1

    def _controle(self, parametros: str, comando: str) -> None:
        quanto = int(parametros) if parametros.isdigit() else 1
        if comando == "A":
            self.linha = max(0, self.linha - quanto)
        elif comando == "K":
            self.linhas[self.linha] = [] if parametros == "2" else self.linhas[self.linha][: self.coluna]
        elif comando == "m":
            self._cores([int(codigo or 0) for codigo in parametros.split(";")])

    def _cores(self, codigos: list[int]) -> None:
        while codigos:
            codigo = codigos.pop(0)
            if codigo == 0:
                self.cor, self.negrito = TEXTO, False
            elif codigo == 1:
                self.negrito = True
            elif codigo == 2:
                self.cor = APAGADO
            elif codigo in CORES:
                self.cor = CORES[codigo]
            elif codigo == 38 and codigos[:1] == [5]:
                self.cor, codigos = _cor_de_256(codigos[1]), codigos[2:]
            elif codigo == 38 and codigos[:1] == [2]:
                self.cor, codigos = "#{:02x}{:02x}{:02x}".format(*codigos[1:4]), codigos[4:]
            elif codigo == 39:
                self.cor = TEXTO


def _cor_de_256(numero: int) -> str:
    if numero < 16:
        return CORES[30 + numero] if numero < 8 else CORES[82 + numero]
    if numero >= 232:
        return "#{0:02x}{0:02x}{0:02x}".format(8 + (numero - 232) * 10)
    numero -= 16
    return "#{:02x}{:02x}{:02x}".format(*(0 if n == 0 else 55 + n * 40 for n in (numero // 36, numero // 6 % 6, numero % 6)))


def rodar(comando: list[str]) -> str:
    """O que o comando escreveu num terminal de COLUNAS colunas."""
    mestre, escravo = pty.openpty()
    fcntl.ioctl(escravo, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUNAS, 0, 0))
    ambiente = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "", "COLUMNS": str(COLUNAS)}
    processo = subprocess.Popen(comando, stdin=subprocess.DEVNULL, stdout=escravo, stderr=escravo, env=ambiente, close_fds=True)
    os.close(escravo)
    pedacos = []
    while True:
        try:
            pedaco = os.read(mestre, 65536)
        except OSError:
            break
        if not pedaco:
            break
        pedacos.append(pedaco)
    processo.wait()
    return b"".join(pedacos).decode("utf-8", "replace")


def recortar(linhas: list[list[Celula]], trechos: str) -> list[list[Celula]]:
    """As linhas dos trechos 'a-b,c-d' (contando de 0, com as duas pontas), com reticências entre eles."""
    saida: list[list[Celula]] = []
    for trecho in trechos.split(","):
        inicio, _, fim = trecho.partition("-")
        if saida:
            saida += [[], [("⋯", APAGADO, False)], []]
        saida += linhas[int(inicio) : int(fim or inicio) + 1]
    return saida


def svg(linhas: list[list[Celula]], titulo: str) -> str:
    """As linhas como um SVG sem fontes nem endereços de fora."""
    largura = round(COLUNAS * LARGURA_LETRA + 2 * MARGEM)
    altura = len(linhas) * ALTURA_LINHA + 2 * MARGEM + 24
    partes = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{largura}" height="{altura}" viewBox="0 0 {largura} {altura}" role="img">',
        f"<title>{html.escape(titulo)}</title>",
        f'<rect width="{largura}" height="{altura}" rx="8" fill="{FUNDO}"/>',
        *(f'<circle cx="{20 + 18 * i}" cy="18" r="5.5" fill="{cor}"/>' for i, cor in enumerate(("#ff5f57", "#febc2e", "#28c840"))),
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14" xml:space="preserve">',
    ]
    for numero, linha in enumerate(linhas):
        y = MARGEM + 38 + numero * ALTURA_LINHA
        inicio = 0
        while inicio < len(linha):
            fim = inicio
            while fim < len(linha) and linha[fim][1:] == linha[inicio][1:]:
                fim += 1
            texto = "".join(letra for letra, _cor, _negrito in linha[inicio:fim])
            if texto.strip():
                _letra, cor, negrito = linha[inicio]
                peso = ' font-weight="bold"' if negrito else ""
                comprimento = f'textLength="{(fim - inicio) * LARGURA_LETRA:.1f}" lengthAdjust="spacingAndGlyphs"'
                partes.append(
                    f'<text x="{MARGEM + inicio * LARGURA_LETRA:.1f}" y="{y}" fill="{cor}"{peso} {comprimento}>{html.escape(texto)}</text>'
                )
            inicio = fim
    return "\n".join([*partes, "</g>", "</svg>", ""])


def principal(argumentos: list[str]) -> None:
    destinos, prompt, _traco, *comando = argumentos
    tela = Tela()
    tela.escrever(f"\x1b[32m$\x1b[0m \x1b[1m{prompt}\x1b[0m\r\n")
    tela.escrever(rodar(comando))
    while tela.linhas and not any(letra.strip() for letra, _cor, _negrito in tela.linhas[-1]):
        tela.linhas.pop()
    for destino in destinos.split():
        arquivo, _, trechos = destino.partition(":")
        linhas = recortar(tela.linhas, trechos) if trechos else tela.linhas
        Path(arquivo).write_text(svg(linhas, prompt), encoding="utf-8")
        print(f"{arquivo}: {len(linhas)} linhas")


if __name__ == "__main__":
    principal(sys.argv[1:])
