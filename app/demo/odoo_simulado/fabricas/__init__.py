"""Fábricas prontas: pequena e média (a forma de odoo-real/semear.py), demonstração (móveis); e volumes e venenos a pedido."""

from __future__ import annotations

from collections.abc import Callable

from app.demo.odoo_simulado.banco import BancoSimulado
from app.demo.odoo_simulado.fabricas.demo import fabrica_demo
from app.demo.odoo_simulado.fabricas.semeada import fabrica_media, fabrica_pequena
from app.demo.odoo_simulado.fabricas.volume import envenenar, linhas_no_mesmo_segundo

FABRICAS: dict[str, Callable[..., BancoSimulado]] = {"pequena": fabrica_pequena, "media": fabrica_media, "demo": fabrica_demo}

__all__ = ["FABRICAS", "envenenar", "fabrica_demo", "fabrica_media", "fabrica_pequena", "linhas_no_mesmo_segundo"]
