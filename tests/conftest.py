"""Peças partilhadas por todos os testes; cada uma vive num arquivo de tests/apoio."""

pytest_plugins = ["tests.apoio.requisitos", "tests.apoio.pg", "tests.apoio.odoo", "tests.apoio.importacao"]
