"""`manufatura banco`: o esquema, o servidor embutido e as cópias de segurança."""

from __future__ import annotations

from pathlib import Path

import click

from app.banco import copia, embutido, migracao, motor
from app.comandos.saida import Coluna, escrever, escrever_json, inteiro, tabela
from app.config import Config, obter_config
from app.relogio import agora


@click.group("banco")
def grupo() -> None:
    """O banco de dados: migrar, situação, copiar, restaurar, parar."""


comando = grupo


@grupo.command("migrar")
def migrar() -> None:
    """Leva as tabelas à versão deste programa e refaz as permissões; repetir não muda nada."""
    config = obter_config()
    dono = motor.motor_migracao(config)
    try:
        antes = migracao.migrar(dono, aplicacao=migracao.papel_da_aplicacao(config))
    finally:
        dono.dispose()
    if antes.pendente:
        escrever(f"Banco migrado da versão {antes.atual or 'inicial (vazio)'} para a {antes.cabeca}.")
    else:
        escrever(f"O banco já estava na versão {antes.cabeca}; permissões refeitas.")


@grupo.command("situacao")
@click.option("--json", "em_json", is_flag=True, help="Um objeto em JSON.")
def situacao(em_json: bool) -> int:
    """Mostra o servidor, o tamanho, as conexões e a versão das tabelas, sem ligar o banco embutido se ele estiver parado."""
    config = obter_config()
    dados = _externo(config) if config.database_url is not None else _embutido(config)
    feitas = copia.copias(copia.pasta_das_copias(config))
    dados["ultima_copia"] = str(feitas[0]) if feitas else None
    if em_json:
        escrever_json(dados)
    else:
        tabela([Coluna("o que"), Coluna("valor")], [[_ROTULOS[chave], _texto(chave, valor)] for chave, valor in dados.items()])
    return 0 if dados["esquema"] in ("em dia", None) else 1


@grupo.command("copiar")
def copiar() -> None:
    """Faz uma cópia de segurança completa (MANUFATURA_COPIA_DIR) e apaga as que passaram de MANUFATURA_COPIA_DIAS."""
    arquivo = copia.copiar(obter_config(), agora())
    escrever(f"Cópia feita: {arquivo} ({inteiro(-(-arquivo.stat().st_size // 1024))} KB).")


@grupo.command("restaurar")
@click.argument("arquivo", type=click.Path(path_type=Path))
@click.option("--sim", is_flag=True, help="Troca mesmo que o banco tenha dados (eles ficam guardados com outro nome).")
def restaurar(arquivo: Path, sim: bool) -> None:
    """Troca o banco pelo da cópia ARQUIVO. O banco de antes fica guardado, e a numeração das ordens salta mil números."""
    config = obter_config()
    vistos = ["na cópia", "no banco de antes"]

    def maior_no_odoo() -> int | None:
        maior = _maior_no_odoo(config)
        if maior is not None:
            vistos.append("no Odoo")
        return maior

    feito = copia.restaurar(config, arquivo, agora(), sim=sim, maior_no_odoo=maior_no_odoo if config.odoo_url else None)
    escrever(f"Cópia restaurada; as tabelas estão na versão {feito.revisao}.")
    onde = ", ".join(vistos[:-1]) + " e " + vistos[-1]
    escrever(f"A próxima ordem de produção terá o número {inteiro(feito.proximo_numero)}: mil além do maior número visto {onde}.")
    if feito.banco_anterior:
        escrever(f"O banco de antes está guardado no mesmo servidor com o nome {feito.banco_anterior}.")


def _maior_no_odoo(config: Config) -> int | None:
    """O maior número de ordem que o Odoo conhece; sem resposta dele, a restauração segue (é quando mais se precisa dela)."""
    from app.manufatura.fontes.numeracao_odoo import maior_numero
    from app.odoo.cliente import ClienteOdoo
    from app.odoo.conexao import ConexaoOdoo
    from app.odoo.erros import ErroOdoo

    try:
        with ClienteOdoo.conectar(ConexaoOdoo.de_config(config)) as cliente:
            return maior_numero(cliente)
    except ErroOdoo as erro:
        escrever(f"aviso: não deu para perguntar ao Odoo o maior número de ordem que ele conhece. {erro.mensagem}", erro=True)
        return None


@grupo.command("parar")
def parar() -> None:
    """Para o banco embutido; o próximo comando o liga de novo. Não é preciso parar antes de desligar a máquina."""
    config = obter_config()
    if config.database_url is not None:
        raise click.UsageError("DATABASE_URL aponta para um servidor externo, que não é este programa que liga e para.")
    motor.esquecer_motores()
    escrever("Banco embutido parado." if embutido.parar(config.manufatura_dados) else "O banco embutido já estava parado.")


_ROTULOS = {
    "servidor": "servidor",
    "ligado": "ligado",
    "versao": "PostgreSQL",
    "pasta": "pasta dos dados",
    "soquete": "soquete",
    "pid": "processo",
    "banco": "banco",
    "tamanho_bytes": "tamanho",
    "conexoes": "conexões abertas",
    "esquema": "tabelas",
    "revisao": "versão das tabelas",
    "revisao_do_programa": "versão que o programa usa",
    "ultima_copia": "última cópia",
}


def _texto(chave: str, valor: object) -> str:
    if valor is None:
        return "-"
    if isinstance(valor, bool):
        return "sim" if valor else "não (liga sozinho no próximo comando)"
    if chave == "tamanho_bytes" and isinstance(valor, int):
        return f"{inteiro(valor // 1024)} KB"
    return str(valor)


def _embutido(config: Config) -> dict[str, object]:
    visto = embutido.situacao(config.manufatura_dados)
    dados: dict[str, object] = {
        "servidor": "embutido",
        "ligado": visto.ligado,
        "versao": visto.versao,
        "pasta": str(visto.dados),
        "soquete": str(visto.soquete),
        "pid": visto.pid,
        "banco": "manufatura",
        "tamanho_bytes": visto.tamanho_bytes,
        "conexoes": visto.conexoes,
    }
    return dados | (_esquema(config) if visto.ligado else {"esquema": None, "revisao": None, "revisao_do_programa": migracao.cabeca()})


def _externo(config: Config) -> dict[str, object]:
    from sqlalchemy import text

    with motor.motor_aplicacao(config).connect() as conexao:
        linha = conexao.execute(
            text(
                "SELECT current_setting('server_version'), current_database(), pg_database_size(current_database()),"
                " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())"
            )
        ).one()
    dados: dict[str, object] = {"servidor": "externo (DATABASE_URL)", "ligado": True, "versao": linha[0], "banco": linha[1]}
    return dados | {"tamanho_bytes": linha[2], "conexoes": linha[3]} | _esquema(config)


def _esquema(config: Config) -> dict[str, object]:
    estado = migracao.situacao(motor.motor_aplicacao(config))
    if estado.mais_novo:
        palavra = "mais novas que o programa: instale a versão nova"
    else:
        palavra = "faltam migrações: rode manufatura banco migrar" if estado.pendente else "em dia"
    return {"esquema": palavra, "revisao": estado.atual, "revisao_do_programa": estado.cabeca}
