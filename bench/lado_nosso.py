"""O nosso lado das bancadas `importacao` e `volume`, num processo só dele: `python -m bench.lado_nosso`, um pedido por linha.

Cada pedido traz o endereço de um banco migrado e vazio; a resposta mede a primeira importação das linhas de pedido nele, da abertura
da sessão (login, empresas, usuários) ao último commit, pelo mesmo caminho de `manufatura importar pedidos` (a execução registrada em
log_integracao, a cerca em cada commit). À parte: o início do processo e a primeira conferência de capacidades (fields_get).
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.apoio import atender
from bench.memoria import pico_mb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from app.config import Config
    from app.manufatura.fontes.contexto import Contexto

MODELOS = ("purchase.order.line", "purchase.order", "uom.uom")
"""Os modelos cujos campos a fonte de pedidos confere."""


@contextmanager
def _sessao(config: Config, motor: Engine) -> Iterator[Contexto]:
    from app.manufatura.fontes import sessao
    from app.manufatura.services import execucoes
    from app.relogio import agora

    job = "importar_pedidos_compra"
    tentativa = execucoes.assumir(motor, job, job, origem="cli", morte_s=config.manufatura_morte_s)
    with sessao.abrir(config, motor, agora(), cerca=tentativa) as contexto:
        yield contexto
    tentativa.terminar("sucesso")


def pedidos(config: Config, motor: Engine) -> dict[str, Any]:
    """A primeira importação das linhas de pedido; os tempos em s, as chamadas, e o plano para o piso ler o mesmo."""
    from app.manufatura.jobs import importacao

    inicio = time.perf_counter()
    with _sessao(config, motor) as contexto:
        cliente = contexto.cliente
        sessao_s, antes = time.perf_counter() - inicio, cliente.chamadas
        inicio = time.perf_counter()
        for modelo in MODELOS:
            contexto.capacidades.existe(modelo)
        capacidades_s, de_capacidades = time.perf_counter() - inicio, cliente.chamadas - antes
        inicio = time.perf_counter()
        contagem = importacao.importar("pedidos", contexto)
        plano = _plano(contexto)
    importacao_s = time.perf_counter() - inicio
    return {
        "segundos": sessao_s + importacao_s,
        "sessao_s": sessao_s,
        "capacidades_s": capacidades_s,
        "chamadas": cliente.chamadas - de_capacidades,
        "chamadas_capacidades": de_capacidades,
        "por_metodo": dict(cliente.por_metodo),
        "contagem": contagem,
        "plano": plano,
    }


def _plano(contexto: Contexto) -> dict[str, Any]:
    """O que o piso deve ler para ter as mesmas linhas e campos."""
    from app.manufatura.fontes import espelhos
    from app.manufatura.fontes.pedidos import Pedidos
    from app.odoo.incremental import e

    fonte, cap = Pedidos(contexto), contexto.capacidades
    campos = {m.modelo: ["write_date", *m.campos(cap)] for m in (espelhos.PRODUTO, espelhos.PARCEIRO, espelhos.UNIDADE, espelhos.MOEDA)}
    if cap.tem("purchase.order", "requisition_id"):
        campos[espelhos.REQUISICAO.modelo] = ["write_date", *espelhos.REQUISICAO.campos(cap)]
    campos |= {
        "res.company": ["name", "write_date", "create_date"],
        "res.users": ["create_date", "lang", "login", "name", "write_date"],
        fonte.modelo: fonte.campos(),
        fonte.modelo_documento: ["write_date", *fonte.campos_do_documento()],
    }
    return {
        "campos": campos,
        "dominio": e(fonte.dominio(), fonte.dominio_alcance(contexto.corte)),
        "contexto": contexto.contexto_odoo,
        "pagina": fonte.tamanho.inicial,
        "porta": contexto.cliente.protocolo,
    }


def principal() -> None:
    """Carrega o programa e atende os pedidos: {"url": o banco, "processo_pedido_em": quando o processo foi pedido}."""
    from app.banco.motor import criar_motor
    from app.config import obter_config
    from app.manufatura.jobs import importacao  # noqa: F401 - o início do processo inclui o que se importa

    carregou, config = time.time(), obter_config()

    def responder(pedido: dict[str, Any]) -> dict[str, Any]:
        motor = criar_motor(pedido["url"])
        try:
            resultado = pedidos(config, motor)
        finally:
            motor.dispose()
        resultado["pico_mb"] = pico_mb()
        resultado["inicio_processo_s"] = carregou - pedido["processo_pedido_em"]
        return resultado

    atender(responder)


if __name__ == "__main__":
    principal()
