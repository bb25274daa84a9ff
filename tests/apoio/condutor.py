"""Um processo que importa e se mata num ponto marcado: para provar que a morte em qualquer lugar não perde nem repete nada.

`morrer_em(ponto, n)` conta o que o processo faz (pedidos HTTP ao Odoo, comandos SQL, commits) e, no n-ésimo, manda SIGKILL a si
mesmo: nada de finally, de rollback nem de fechar conexões. Os processos nascem de um forkserver com tudo já importado.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from app.config import limpar_config
from app.manufatura.jobs.odoo_integration import POR_FONTE
from app.odoo.leitura import TamanhoPagina
from app.odoo.rede import Http

Ponto = Literal["antes do pedido", "depois do pedido", "antes do comando", "depois do comando", "antes do commit", "depois do commit"]
PONTOS: tuple[Ponto, ...] = (
    "antes do pedido",
    "depois do pedido",
    "antes do comando",
    "depois do comando",
    "antes do commit",
    "depois do commit",
)
CHEGOU_AO_FIM = 0


def _contador(n: int) -> Callable[[], None]:
    vistos = 0

    def contar(*_: Any) -> None:
        nonlocal vistos
        vistos += 1
        if vistos == n:
            os.kill(os.getpid(), signal.SIGKILL)

    return contar


def _embrulhar(classe: type, metodo: str, *, antes: Callable[[], None] | None = None, depois: Callable[[], None] | None = None) -> None:
    original = getattr(classe, metodo)

    def embrulhado(*args: Any, **opcoes: Any) -> Any:
        if antes:
            antes()
        resultado = original(*args, **opcoes)
        if depois:
            depois()
        return resultado

    setattr(classe, metodo, embrulhado)


def morrer_em(ponto: Ponto, n: int) -> None:
    """Daqui em diante, o n-ésimo `ponto` deste processo o mata."""
    lado, _, o_que = ponto.partition(" do ")
    marca = {"antes" if lado == "antes" else "depois": _contador(n)}
    if o_que == "pedido":
        _embrulhar(Http, "pedir", **marca)
    elif o_que == "commit":
        _embrulhar(DefaultDialect, "do_commit", **marca)
    else:  # os COPY e as temporárias vão direto pelo psycopg
        event.listen(Engine, f"{'before' if lado == 'antes' else 'after'}_cursor_execute", next(iter(marca.values())))
        _embrulhar(psycopg.Copy, "__exit__", **marca)


def _importar(ambiente: Mapping[str, str], fontes: Sequence[str], pagina: int, ponto: Ponto | None, n: int) -> None:
    os.environ.update(ambiente)
    limpar_config()
    TamanhoPagina.__init__.__defaults__ = (pagina, 1)
    if ponto is not None:
        morrer_em(ponto, n)
    for fonte in fontes:
        POR_FONTE[fonte]()
    os._exit(CHEGOU_AO_FIM)


def importar_num_processo(
    ambiente: Mapping[str, str], fontes: Sequence[str], *, pagina: int = 5000, ponto: Ponto | None = None, n: int = 0, prazo_s: float = 60
) -> int | None:
    """Importa noutro processo, pelas funções dos jobs, e devolve o código de saída (-9 se morreu no ponto, 0 se chegou ao fim)."""
    contexto = multiprocessing.get_context("forkserver")
    contexto.set_forkserver_preload([__name__])
    processo = contexto.Process(target=_importar, args=(dict(ambiente), list(fontes), pagina, ponto, n))
    processo.start()
    processo.join(prazo_s)
    if processo.is_alive():
        processo.kill()
        processo.join()
        raise AssertionError(f"a importação não acabou em {prazo_s} s")
    return processo.exitcode
