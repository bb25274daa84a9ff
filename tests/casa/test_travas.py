"""Dependências travadas: versão e hash de tudo, e nenhum endereço."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

TRAVAS = ("requirements.lock", "requirements-dev.lock")


def pinos(texto: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", texto, re.MULTILINE))


@pytest.mark.parametrize("nome", TRAVAS)
def test_tudo_tem_versao_e_hash_e_nada_tem_endereco(raiz: Path, nome: str) -> None:
    texto = (raiz / nome).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|file:|@ ", texto)
    entradas = re.findall(r"^(?![# ]).+?(?=^(?![# ])|\Z)", texto, re.MULTILINE | re.DOTALL)
    assert entradas
    for entrada in entradas:
        assert re.match(r"[a-z0-9-]+==\S+", entrada), entrada
        assert "--hash=sha256:" in entrada, entrada


def test_as_duas_travas_concordam_e_cobrem_o_pyproject(raiz: Path) -> None:
    projeto = tomllib.loads((raiz / "pyproject.toml").read_text(encoding="utf-8"))
    uso, desenvolvimento = (pinos((raiz / nome).read_text(encoding="utf-8")) for nome in TRAVAS)
    assert uso.items() <= desenvolvimento.items()
    pedidas = [re.split(r"[\[<>=]", dependencia)[0] for dependencia in projeto["project"]["dependencies"]]
    assert set(pedidas) <= uso.keys()
    grupo = [re.split(r"[\[<>=]", item)[0] for item in projeto["dependency-groups"]["dev"] if isinstance(item, str)]
    assert set(grupo) <= desenvolvimento.keys()


def test_nao_ha_uv_lock(raiz: Path) -> None:
    assert not (raiz / "uv.lock").exists()  # ele nomeia servidores
