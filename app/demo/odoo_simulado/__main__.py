"""Liga um Odoo simulado num processo seu: `python -m app.demo.odoo_simulado --versao 19 --fabrica media --porta 0 --latencia-ms 5`.

Quando está pronto escreve UMA linha JSON na saída (url, banco, usuario, senha, chave_api, versao, contagens) e fica no ar até SIGTERM,
SIGINT ou o fim da entrada padrão (com `--sem-stdin`, só pelos sinais).

Quem o ligou mexe na fábrica pelo /jsonrpc, serviço `simulado`: método = um ato do BancoSimulado, args = [banco, [posicionais], {nomeados}].
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from app.demo.odoo_simulado.banco import ADMIN, CHAVE_ADMIN, SENHA_ADMIN, BancoSimulado
from app.demo.odoo_simulado.fabricas import FABRICAS, linhas_no_mesmo_segundo
from app.demo.odoo_simulado.servidor import ServidorSimulado


def principal(argumentos: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="python -m app.demo.odoo_simulado", description="Odoo simulado (14 ou 19) em 127.0.0.1")
    p.add_argument("--versao", type=int, choices=(14, 19), default=19)
    p.add_argument("--fabrica", choices=sorted(FABRICAS), default="pequena")
    p.add_argument("--porta", type=int, default=0)
    p.add_argument("--latencia-ms", type=float, default=0.0)
    p.add_argument("--semente", type=int, default=7)
    p.add_argument("--banco", default="fabrica", help="nome do banco")
    p.add_argument("--outros-bancos", default="", help="nomes a mais à vista, separados por vírgula (na 14, erros do /jsonrpc viram HTML)")
    p.add_argument("--linhas-extras", type=int, default=0, help="linhas de pedido a mais, todas no mesmo segundo")
    p.add_argument("--sem-stdin", action="store_true", help="não termina com o fim da entrada padrão")
    a = p.parse_args(argumentos)
    banco: BancoSimulado = FABRICAS[a.fabrica](a.versao, semente=a.semente, nome=a.banco)
    if a.linhas_extras:
        linhas_no_mesmo_segundo(banco, a.linhas_extras)
    outros = [x for x in a.outros_bancos.split(",") if x]
    fim = threading.Event()
    for sinal in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sinal, lambda *_: fim.set())
    with ServidorSimulado(banco, latencia_s=a.latencia_ms / 1000, porta=a.porta, outros_bancos=outros, controle=True) as servidor:
        dados = {
            "url": servidor.url,
            "banco": banco.nome,
            "usuario": ADMIN,
            "senha": SENHA_ADMIN,
            "chave_api": None if banco.antigo else CHAVE_ADMIN,
            "versao": a.versao,
            "fabrica": a.fabrica,
            "latencia_ms": a.latencia_ms,
            "contagens": {m: len(t) for m, t in banco.tabelas.items() if t},
        }
        print(json.dumps(dados), flush=True)
        if not a.sem_stdin:
            threading.Thread(target=_esperar_fim_da_entrada, args=(fim,), daemon=True).start()
        while not fim.wait(3600):
            pass
    return 0


def _esperar_fim_da_entrada(fim: threading.Event) -> None:
    sys.stdin.read()
    fim.set()


if __name__ == "__main__":
    sys.exit(principal())
