"""Só enquanto o esquema colhido do simulador não tem os campos que o importador pergunta."""

from tests.apoio.importacao import _completar_esquema

for _versao in (14, 19):
    _completar_esquema(_versao)
