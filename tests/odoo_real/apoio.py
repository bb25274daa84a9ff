"""Cópias de rascunho do banco `medio` dos Odoo de verdade: cada teste mexe na sua, e nunca no `medio`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.apoio.odoo import _KIT, OdooReal, ligar_real

ORIGEM = "medio"


def _pasta() -> Path:
    return Path(os.environ.get("ODOO_REAL_DIR", Path.home() / ".cache/odoo-real"))


def _dump(versao: int, nome: str) -> Path:
    return _pasta() / "dumps" / f"o{versao}_{nome}.dump"


def _garantir_medio(versao: int) -> None:
    """Semeia o `medio` (4 min) se esta máquina ainda não o tem."""
    if _dump(versao, ORIGEM).exists():
        return
    real = ligar_real(versao, ORIGEM)
    ambiente = {
        **os.environ,
        "ODOO_URL": real.url,
        "ODOO_DB": real.banco,
        "ODOO_USER": "admin",
        "ODOO_PASSWORD": "admin",
        "ODOO_REAL_DIR": str(_pasta()),
        "ODOO_REAL_PG": real.pg or "",
    }
    feito = subprocess.run(
        [sys.executable, str(_KIT / "semear.py"), "--tamanho", ORIGEM],
        env=ambiente,
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert feito.returncode == 0, feito.stderr


@contextmanager
def copia_do_medio(versao: int, nome: str) -> Iterator[OdooReal]:
    """Um banco `o<versao>_<nome>` igual ao `medio`, apagado ao fim. O servidor continua ligado para quem mais o usa."""
    _garantir_medio(versao)
    ponte = _dump(versao, nome)
    ponte.unlink(missing_ok=True)
    ponte.symlink_to(_dump(versao, ORIGEM).name)
    try:
        real = ligar_real(versao, nome, refazer=True)
    finally:
        ponte.unlink(missing_ok=True)
    try:
        yield real
    finally:
        ligar_real.cache_clear()
        with psycopg.connect(f"{real.pg}/postgres", autocommit=True) as conexao:
            conexao.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(real.banco)))
