"""Um Odoo de mentira que se porta como os de verdade (14 e 19): para a demonstração e para os testes.

    banco = fabrica_pequena(19)
    with ServidorSimulado(banco) as servidor:
        servidor.url, banco.nome, "admin", "admin"

A suíte tests/contrato prova, com as mesmas asserções, que ele e os servidores de verdade concordam.
"""

from app.demo.odoo_simulado.banco import ADMIN, CHAVE_ADMIN, SENHA_ADMIN, BancoSimulado
from app.demo.odoo_simulado.fabricas import FABRICAS, envenenar, fabrica_demo, fabrica_media, fabrica_pequena, linhas_no_mesmo_segundo
from app.demo.odoo_simulado.falhas import Chamada, Falha, PlanoFalhas
from app.demo.odoo_simulado.relogio import RelogioSimulado
from app.demo.odoo_simulado.servidor import ServidorSimulado

__all__ = [
    "ADMIN",
    "CHAVE_ADMIN",
    "FABRICAS",
    "SENHA_ADMIN",
    "BancoSimulado",
    "Chamada",
    "Falha",
    "PlanoFalhas",
    "RelogioSimulado",
    "ServidorSimulado",
    "envenenar",
    "fabrica_demo",
    "fabrica_media",
    "fabrica_pequena",
    "linhas_no_mesmo_segundo",
]
