"""Configuração: camadas, origens, valores malformados, nomes desconhecidos e segredos por arquivo."""

from __future__ import annotations

import logging
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr, ValidationError

from app.config import (
    ArquivoDeSegredoIlegivel,
    ArquivoEnvIlegivel,
    Config,
    ConfiguracaoInvalida,
    SegredoEmDobro,
    definir_config,
    ler_config,
    limpar_config,
    obter_config,
)

CANARIO = "canario-7f3a-segredo"


def env(pasta: Path, texto: str) -> Path:
    arquivo = pasta / ".env"
    arquivo.write_text(texto, encoding="utf-8")
    return arquivo


def test_sem_nada_vale_o_padrao() -> None:
    config = ler_config({}, None)
    assert config.odoo_url is None
    assert config.odoo_protocolo == "auto"
    assert config.odoo_empresas == ()
    assert config.odoo_sobreposicao == timedelta(minutes=30)
    assert config.odoo_historico_meses == 24
    assert config.estoque_fonte == "movimentos"
    assert config.scheduler_timezone == ZoneInfo("America/Sao_Paulo")
    assert config.scheduler_api_enabled is True
    assert config.feriados_facultativos is True
    assert (config.manufatura_batimento_s, config.manufatura_morte_s, config.manufatura_resgate_s) == (5, 30, 5)
    assert (config.manufatura_retencao_dias, config.manufatura_copia_dias) == (90, 14)
    assert config.manufatura_dados == Path.home() / ".local/share/manufatura"
    assert {linha.origem for linha in config.linhas()} == {"padrão"}


def test_ambiente_vale_mais_que_o_arquivo_e_cada_valor_diz_de_onde_veio(tmp_path: Path) -> None:
    arquivo = env(tmp_path, "ODOO_URL=http://do.arquivo\nODOO_DB=producao\nODOO_PASSWORD=a$b#c'd\n")
    config = ler_config({"ODOO_URL": "http://do.ambiente/"}, arquivo)
    assert (config.odoo_url, config.origem("odoo_url")) == ("http://do.ambiente", "ambiente")
    assert (config.odoo_db, config.origem("odoo_db")) == ("producao", ".env")
    assert config.odoo_password is not None
    assert config.odoo_password.get_secret_value() == "a$b#c'd"  # cifrão não é interpolado
    assert config.origem("odoo_user") == "padrão"
    assert config.estoque_fonte == "odoo"


def test_vazia_vale_o_padrao_e_encobre_o_arquivo(tmp_path: Path) -> None:
    config = ler_config({"ODOO_URL": "", "MANUFATURA_PORTA": " "}, env(tmp_path, "ODOO_URL=http://do.arquivo\n"))
    assert config.odoo_url is None
    assert config.manufatura_porta == 8080
    assert config.origem("odoo_url") == "padrão (vazia em ambiente)"


@pytest.mark.parametrize(
    ("nome", "texto", "valor"),
    [
        ("ODOO_URL", " https://odoo.empresa.com.br:8443/odoo/ ", "https://odoo.empresa.com.br:8443/odoo"),
        ("ODOO_URL", "http://127.0.0.1:8069", "http://127.0.0.1:8069"),
        ("ODOO_URL", "http://192.168.0.10", "http://192.168.0.10"),
        ("ODOO_URL", "http://[::1]:8069", "http://[::1]:8069"),
        ("ODOO_PROTOCOLO", "JSON2", "json2"),
        ("ODOO_EMPRESAS", "1, 3;7", (1, 3, 7)),
        ("ODOO_SOBREPOSICAO", "45", timedelta(minutes=45)),
        ("ODOO_SOBREPOSICAO", "0", timedelta()),
        ("ODOO_HISTORICO_MESES", "0", 0),
        ("SCHEDULER_API_ENABLED", "nao", False),
        ("SCHEDULER_API_ENABLED", "False", False),
        ("MTO_ORDENS_FILHAS", "Não", False),
        ("SCHEDULER_TIMEZONE", "America/Manaus", ZoneInfo("America/Manaus")),
        ("FERIADOS_UF", "sp, mg", ("SP", "MG")),
        ("MANUFATURA_PROXIES", "10.0.0.5,10.1.0.0/16", (ip_network("10.0.0.5/32"), ip_network("10.1.0.0/16"))),
        ("MANUFATURA_DADOS", "~/dados", Path.home() / "dados"),
        ("MANUFATURA_HTTPS", "Proxy", "proxy"),
        ("DATABASE_URL", "postgres://u:s@h/b", SecretStr("postgresql://u:s@h/b")),
        ("DATABASE_URL", "postgresql+psycopg://u:s@h/b", SecretStr("postgresql://u:s@h/b")),
    ],
)
def test_valores_bons(nome: str, texto: str, valor: object) -> None:
    assert getattr(ler_config({nome: texto}, None), nome.lower()) == valor


@pytest.mark.parametrize(
    ("nome", "texto", "esperado"),
    [
        ("ODOO_URL", "odoo.empresa.com.br", "http:// ou https://"),
        ("ODOO_URL", "ftp://odoo", "http:// ou https://"),
        ("ODOO_URL", "http://", "http:// ou https://"),
        ("ODOO_URL", "http://odoo:porta", "http:// ou https://"),
        ("ODOO_URL", "http://odoo empresa", "http:// ou https://"),
        ("ODOO_URL", f"http://u:{CANARIO}@odoo", "sem usuário e senha"),
        ("ODOO_URL", "http://odoo/?db=x", "sem ?"),
        ("ODOO_URL", "http://169.254.169.254/latest", "metadados"),
        ("ODOO_URL", "http://2852039166", "metadados"),
        ("ODOO_URL", "http://0xa9fea9fe", "metadados"),
        ("ODOO_URL", "http://[fe80::1]", "metadados"),
        ("ODOO_URL", "http://[::ffff:169.254.169.254]", "metadados"),
        ("ODOO_URL", "http://0.0.0.0:8069", "metadados"),
        ("ODOO_PROTOCOLO", "soap", "auto, json2, jsonrpc, xmlrpc"),
        ("ODOO_EMPRESAS", "um", "separados por vírgula"),
        ("ODOO_EMPRESAS", "0", "separados por vírgula"),
        ("ODOO_SOBREPOSICAO", "30min", "em minutos"),
        ("ODOO_SOBREPOSICAO", "-1", "em minutos"),
        ("ODOO_HISTORICO_MESES", "2,5", "inteiro"),
        ("ESTOQUE_FONTE", "sap", "odoo, movimentos"),
        ("DATABASE_URL", f"mysql://u:{CANARIO}@h/b", "PostgreSQL"),
        ("DATABASE_URL_MIGRACAO", CANARIO, "PostgreSQL"),
        ("SCHEDULER_API_ENABLED", "talvez", "true ou false"),
        ("SCHEDULER_TIMEZONE", "Brasil/Capital", "America/Sao_Paulo"),
        ("SCHEDULER_TIMEZONE", "../etc/passwd", "America/Sao_Paulo"),
        ("FERIADOS_UF", "XX", "siglas"),
        ("MANUFATURA_PORTA", "99999", "0 a 65535"),
        ("MANUFATURA_HTTPS", "sim", "proxy, inseguro"),
        ("MANUFATURA_PROXIES", "10.0.0.300", "redes IP"),
        ("MANUFATURA_MORTE_S", "5", "MANUFATURA_BATIMENTO_S"),
        ("ODOO_USER", "a\x07b", "controle"),
    ],
)
def test_valor_malformado_para_com_o_nome_e_o_esperado(nome: str, texto: str, esperado: str) -> None:
    with pytest.raises(ConfiguracaoInvalida) as erro:
        ler_config({nome: texto}, None)
    assert nome in erro.value.mensagem
    assert esperado in erro.value.mensagem
    assert erro.value.codigo_saida == 2
    assert CANARIO not in erro.value.mensagem
    assert erro.value.__cause__ is None
    assert erro.value.__suppress_context__  # o erro do pydantic, que guarda o valor, não sai no traceback


def test_todos_os_problemas_saem_de_uma_vez(tmp_path: Path) -> None:
    with pytest.raises(ConfiguracaoInvalida) as erro:
        ler_config({"MANUFATURA_PORTA": "x"}, env(tmp_path, "ODOO_URL=x\nODOO_PROTOCOLO=x\n"))
    for trecho in ("MANUFATURA_PORTA (ambiente)", "ODOO_URL (.env)", "ODOO_PROTOCOLO (.env)"):
        assert trecho in erro.value.mensagem


def test_desconhecidas_avisam_pelo_nome(tmp_path: Path) -> None:
    ambiente = {"ODOO_PASWORD": CANARIO, "PATH": "/bin", "ODOO_REAL_DIR": "/x", "MTO_X": "1", "ODOO_URL_FILE": "/x"}
    avisos = ler_config(ambiente, env(tmp_path, "OUTRA_COISA=1\nODOO_REAL_PORTA=1\n")).avisos
    assert [aviso.split()[0] for aviso in avisos] == ["MTO_X", "ODOO_PASWORD", "ODOO_URL_FILE", "OUTRA_COISA"]
    assert "seria ODOO_PASSWORD?" in avisos[1]
    assert not any(CANARIO in aviso for aviso in avisos)


def test_segredo_por_arquivo(tmp_path: Path) -> None:
    arquivo = tmp_path / "senha"
    arquivo.write_text(f"{CANARIO} com espaço \n", encoding="utf-8")
    config = ler_config({"ODOO_PASSWORD_FILE": str(arquivo)}, env(tmp_path, "ODOO_PASSWORD=outra\n"))
    assert config.odoo_password is not None
    assert config.odoo_password.get_secret_value() == f"{CANARIO} com espaço "
    assert config.origem("odoo_password") == "arquivo de ODOO_PASSWORD_FILE (ambiente)"


def test_segredo_por_arquivo_com_problema(tmp_path: Path) -> None:
    with pytest.raises(ArquivoDeSegredoIlegivel, match="ODOO_API_KEY_FILE"):
        ler_config({"ODOO_API_KEY_FILE": str(tmp_path / "nao-ha")}, None)
    (tmp_path / "latin1").write_bytes(b"senh\xe3")
    with pytest.raises(ArquivoDeSegredoIlegivel, match="UTF-8"):
        ler_config({"SECRET_KEY_FILE": str(tmp_path / "latin1")}, None)
    with pytest.raises(SegredoEmDobro, match="ODOO_PASSWORD_FILE"):
        ler_config({"ODOO_PASSWORD_FILE": "/x", "ODOO_PASSWORD": CANARIO}, None)


@pytest.mark.parametrize(("conteudo", "motivo"), [(b"ODOO_URL\n", "linha 1"), (b"A=1\n=x\n", "linha 2"), (b"ODOO_DB=caf\xe9\n", "UTF-8")])
def test_arquivo_env_malformado(tmp_path: Path, conteudo: bytes, motivo: str) -> None:
    (tmp_path / ".env").write_bytes(conteudo)
    with pytest.raises(ArquivoEnvIlegivel, match=motivo):
        ler_config({}, tmp_path / ".env")


def test_arquivo_env_com_bom_e_do_windows(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfODOO_DB=producao\r\nexport ODOO_USER='integracao pcp'\r\n")
    config = ler_config({}, tmp_path / ".env")
    assert (config.odoo_db, config.odoo_user) == ("producao", "integracao pcp")


def test_congelada_e_sem_segredo_no_repr() -> None:
    config = Config(
        odoo_password=SecretStr(CANARIO), odoo_api_key=SecretStr(CANARIO), database_url=SecretStr(f"postgresql://u:{CANARIO}@h/b")
    )
    assert CANARIO not in repr(config)
    assert CANARIO not in str(config)
    assert CANARIO not in "".join(map(str, config.linhas()))
    with pytest.raises(ValidationError, match="frozen"):
        config.odoo_url = "http://outro"


@pytest.mark.usefixtures("sem_config")
def test_obter_config_le_uma_vez(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ODOO_DB", "um")
    monkeypatch.setenv("MANUFATURA_NAO_HA", "1")
    with caplog.at_level(logging.WARNING):
        assert obter_config().odoo_db == "um"
    assert "MANUFATURA_NAO_HA" in caplog.text
    monkeypatch.setenv("ODOO_DB", "dois")
    assert obter_config().odoo_db == "um"
    limpar_config()
    assert obter_config().odoo_db == "dois"
    definir_config(Config(odoo_db="tres"))
    assert obter_config().odoo_db == "tres"


def test_env_exemplo_tem_os_campos_e_comeca_pelos_da_semente(raiz: Path) -> None:
    linhas = (raiz / ".env.exemplo").read_text(encoding="utf-8").splitlines()
    nomes = [
        linha.removeprefix("# ").partition("=")[0]
        for linha in linhas
        if "=" in linha and linha.partition("=")[0].removeprefix("# ").isupper()
    ]
    assert sorted(nomes) == sorted(campo.upper() for campo in Config.model_fields)
    assert linhas[:9] == [
        "# Odoo Integration",
        "ODOO_URL=http://odoo.empresa.com.br",
        "ODOO_DB=producao",
        "ODOO_USER=integracao_pcp",
        "ODOO_PASSWORD=senha_segura_aqui",
        "",
        "# Scheduler",
        "SCHEDULER_API_ENABLED=true",
        "SCHEDULER_TIMEZONE=America/Sao_Paulo",
    ]


def test_env_exemplo_descomentado_e_valido_e_igual_ao_padrao(raiz: Path, tmp_path: Path) -> None:
    linhas = (raiz / ".env.exemplo").read_text(encoding="utf-8").splitlines()
    abertas = [linha.removeprefix("# ") if linha.removeprefix("# ").partition("=")[0].isupper() else "" for linha in linhas]
    config = ler_config({}, env(tmp_path, "\n".join(abertas)))
    padrao = Config(
        odoo_url="http://odoo.empresa.com.br", odoo_db="producao", odoo_user="integracao_pcp", odoo_password=SecretStr("senha_segura_aqui")
    )
    diferentes = {campo for campo in Config.model_fields if getattr(config, campo) != getattr(padrao, campo)}
    assert diferentes <= {"manufatura_pg_usuario"}  # o padrão dele depende de ser root
