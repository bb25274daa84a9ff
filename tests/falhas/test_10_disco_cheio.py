"""Falha 10: o disco do banco enche (página, WAL, temporário). O erro é transitório, nada fica pela metade, e com espaço tudo segue."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text

from app.banco import embutido, migracao
from app.banco.carga import Contagem, copiar, mesclar, tipos
from app.banco.embutido import ServidorEmbutido
from app.banco.erros import DiscoCheio, ErroBanco, ServidorForaDoAr
from app.banco.motor import criar_motor
from app.manufatura.models import OdooUsuario

pytestmark = pytest.mark.falha(10)
TABELA: Any = OdooUsuario.__table__
PAGINA = 200
SEGUIDAS = 16  # páginas que a sessão espiada tenta gravar


def _gravar_pagina(motor: Engine, numero: int) -> Contagem:
    """Uma página de PAGINA linhas de uns 2 KB."""
    linhas = [(numero * PAGINA + i, f"{i:05d}" + "x" * 1900) for i in range(PAGINA)]
    with motor.begin() as conexao:
        copiar(conexao, "etapa", tipos(TABELA, ["odoo_id", "nome"]), linhas)
        return mesclar(conexao, TABELA, "SELECT * FROM etapa", ["odoo_id", "nome"], ["odoo_id"])


def _paginas(servidor: ServidorEmbutido) -> dict[int, int]:
    with psycopg.connect(servidor.url("dono")) as conexao:
        return dict(conexao.execute("SELECT odoo_id / %s, count(*) FROM odoo_usuario GROUP BY 1", [PAGINA]).fetchall())


def _motor_que_religa(servidor: ServidorEmbutido, **opcoes: Any) -> Engine:
    return criar_motor(servidor.url("manufatura"), casa_embutido=servidor.casa, **opcoes)


def _migrado(servidor: ServidorEmbutido) -> ServidorEmbutido:
    dono = criar_motor(servidor.url("dono"))
    migracao.migrar(dono)
    dono.dispose()
    return servidor


@pytest.fixture
def disco(tmp_path: Path) -> Iterator[Path]:
    """Um disco de 64 MB, só deste teste."""
    pasta = tmp_path / "disco"
    pasta.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", pasta], check=True)
    try:
        yield pasta
    finally:
        embutido.parar(pasta)
        subprocess.run(["umount", "-l", pasta], check=True)


def _aumentar(disco: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=256m", disco], check=True)


def _encher(trabalho: Callable[[int], object]) -> ErroBanco:
    """Repete o trabalho até o disco não deixar; devolve o erro."""
    for numero in range(10_000):
        try:
            trabalho(numero)
        except ErroBanco as erro:
            return erro
    raise AssertionError("o disco não encheu")


def _esperar_no_ar(motor: Engine) -> None:
    """Com espaço, o servidor volta sozinho (ou é ligado de novo por quem conecta)."""
    fim = time.monotonic() + 60
    while True:
        try:
            with motor.connect() as conexao:
                conexao.execute(text("SELECT 1"))
            return
        except ErroBanco as falha:
            ultima = falha
        assert ultima.transitorio
        assert time.monotonic() < fim, ultima


@pytest.mark.requer("root", "tmpfs")
@pytest.mark.parametrize("onde", ["paginas", "wal"])
def test_disco_de_64_mb_cheio(disco: Path, onde: str) -> None:
    servidor = _migrado(embutido.ligar(disco))
    motor = _motor_que_religa(servidor)
    for numero in range(3):
        _gravar_pagina(motor, numero)

    def so_wal(_numero: int) -> None:
        with motor.begin() as conexao:
            conexao.execute(text("SELECT pg_logical_emit_message(true, 'x', repeat('x', 500000))"))

    erro = _encher((lambda n: _gravar_pagina(motor, 3 + n)) if onde == "paginas" else so_wal)

    assert erro.transitorio
    assert isinstance(erro, DiscoCheio | ServidorForaDoAr)  # WAL sem espaço derruba o servidor inteiro
    _aumentar(disco)
    _esperar_no_ar(motor)
    achadas = _paginas(servidor)
    assert set(achadas.values()) == {PAGINA}, "página pela metade"
    assert set(range(3)) <= set(achadas)
    proxima = max(achadas) + 1
    assert sorted(achadas) == list(range(proxima)), "uma página confirmada sumiu"
    assert _gravar_pagina(motor, proxima) == Contagem(novas=PAGINA)
    assert _gravar_pagina(motor, proxima) == Contagem(iguais=PAGINA)
    motor.dispose()


@pytest.mark.requer("root", "tmpfs")
def test_temporario_sem_espaco(disco: Path) -> None:
    motor = _motor_que_religa(_migrado(embutido.ligar(disco)))
    with motor.connect() as conexao:
        conexao.execute(text("SET work_mem = '64kB'"))
        with pytest.raises(DiscoCheio, match="Nada foi gravado pela metade") as erro:
            conexao.execute(text("SELECT repeat(n::text, 40) FROM generate_series(1, 1000000) n ORDER BY 1")).all()
    assert erro.value.transitorio
    assert _gravar_pagina(motor, 0) == Contagem(novas=PAGINA)
    motor.dispose()


@pytest.mark.requer("root", "tmpfs")
def test_banco_novo_que_nao_cabe(disco: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=8m", disco], check=True)
    with pytest.raises(DiscoCheio):
        embutido.ligar(disco)
    _aumentar(disco)
    assert embutido.ligar(disco).dados.exists()


@pytest.mark.requer("root", "strace")
@pytest.mark.parametrize("chamada", ["fallocate,pwritev", "pwrite64"])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_enospc_na_enesima_escrita(servidor_proprio: ServidorEmbutido, tmp_path: Path, chamada: str, n: int) -> None:
    """Sem espaço na n-ésima escrita de arquivo da sessão: página inteira ou nenhuma, e a seguinte entra."""
    _migrado(servidor_proprio)
    motor = _motor_que_religa(servidor_proprio, conexoes=1, extras=0)
    with motor.connect() as conexao:
        pid = int(conexao.scalar(text("SELECT pg_backend_pid()")))
    visto = tmp_path / "strace"
    comando = ["strace", "-qq", "-p", str(pid), "-e", f"trace={chamada}", "-e", f"inject={chamada}:error=ENOSPC:when={n}", "-o", visto]
    erros: list[ErroBanco] = []
    with subprocess.Popen(comando) as espiao:
        _esperar_espiao(pid)
        try:
            for numero in range(SEGUIDAS):
                _gravar_pagina(motor, numero)
        except ErroBanco as erro:
            erros.append(erro)
        espiao.terminate()
    assert "(INJECTED)" in visto.read_text(), "a escrita não chegou a faltar: o teste não provou nada"
    assert all(erro.transitorio and isinstance(erro, DiscoCheio | ServidorForaDoAr) for erro in erros)
    _esperar_no_ar(motor)
    achadas = _paginas(servidor_proprio)
    assert set(achadas.values()) <= {PAGINA}
    assert sum(_gravar_pagina(motor, numero).novas for numero in range(SEGUIDAS)) == (SEGUIDAS - len(achadas)) * PAGINA
    assert sorted(_paginas(servidor_proprio)) == list(range(SEGUIDAS))
    motor.dispose()


def _esperar_espiao(pid: int) -> None:
    fim = time.monotonic() + 20
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < fim
        os.sched_yield()
