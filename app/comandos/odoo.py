"""`manufatura odoo`: verificar a ligação com o Odoo, e adotar uma cópia renomeada ou atualizada do mesmo banco."""

from __future__ import annotations

from dataclasses import asdict

import click

from app.banco.migracao import motor_pronto
from app.comandos import saida
from app.comandos.rodada import usuario_do_sistema
from app.comandos.saida import escrever
from app.config import obter_config
from app.manufatura.fontes import instalacao
from app.manufatura.fontes.necessidades import necessidades
from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo
from app.odoo.verificacao import Item, verificar
from app.relogio import agora

FALHA_ODOO = 3
SINAIS = {"ok": ("✓", "green"), "aviso": ("!", "yellow"), "falha": ("✗", "red")}


@click.group("odoo")
def comando() -> None:
    """A ligação com o Odoo: verificar, adotar."""


@comando.command("verificar")
@click.option("--json", "em_json", is_flag=True, help="Um objeto em JSON: codigo e itens (nome, situacao, detalhe, remedio).")
def verificar_ligacao(em_json: bool) -> int:
    """Examina a ligação: alcance, TLS, versão, banco, login, porta, direitos, campos, relógio e validade da chave.

    Cada problema sai com o que fazer. Não grava nada, aqui nem no Odoo. Sai com 3 se algo falha.
    """
    conexao = ConexaoOdoo.de_config(obter_config())
    itens = verificar(conexao, necessidades(), agora=agora())
    falhas = [i for i in itens if i.situacao == "falha"]
    codigo = FALHA_ODOO if falhas else 0
    if em_json:
        saida.escrever_json({"codigo": codigo, "itens": [asdict(i) for i in itens]})
        return codigo
    for item in itens:
        _mostrar(item)
    avisos = sum(i.situacao == "aviso" for i in itens)
    if falhas:
        escrever(
            f"{len(falhas)} {'falha' if len(falhas) == 1 else 'falhas'} e {avisos} avisos; corrija as falhas e rode de novo.", estilo="red"
        )
    else:
        fim = f", com {avisos} {'aviso' if avisos == 1 else 'avisos'}" if avisos else ""
        escrever(f"Tudo pronto para importar{fim}: manufatura importar tudo", estilo="green")
    return codigo


def _mostrar(item: Item) -> None:
    sinal, cor = SINAIS[item.situacao]
    escrever(f"{sinal} {item.nome}: {item.detalhe}", estilo=cor if item.situacao != "ok" else None)
    if item.remedio:
        escrever(f"    → {item.remedio}")


@comando.command("adotar")
@click.option("--sim", is_flag=True, help="Adota sem perguntar.")
@click.option("--json", "em_json", is_flag=True, help="Um objeto em JSON (exige --sim).")
def adotar(sim: bool, em_json: bool) -> int:
    """Passa a aceitar o Odoo de agora no lugar do guardado, quando é o MESMO banco renomeado, atualizado ou movido.

    Os ids guardados continuam valendo como dele: adotar outro banco misturaria as duas fábricas. Fica na auditoria.
    """
    config = obter_config()
    motor = motor_pronto(config)
    conexao = ConexaoOdoo.de_config(config)
    todos = {"active_test": False}
    with ClienteOdoo.conectar(conexao) as cliente:
        empresas = cliente.buscar_ler("res.company", [], ["create_date"], contexto=todos)
        usuarios = cliente.buscar_ler("res.users", [["id", "=", 1]], ["create_date"], contexto=todos)
        achada = instalacao.Identidade.de_registros(cliente.banco or "", empresas, usuarios, cliente.versao.texto)
    with motor.connect() as leitura:
        antes = instalacao.guardada(leitura)
    if antes is not None and antes.mesma(achada):
        return _fim(
            em_json, adotada=False, antes=str(antes), agora_e=str(achada), frase=f"Já é o Odoo guardado aqui: {achada}. Nada mudou."
        )
    if not sim:
        if em_json or not saida.no_terminal():
            raise click.UsageError("sem um terminal para perguntar, é preciso --sim.")
        escrever(f"Guardado aqui: {antes or 'nenhum ainda'}.")
        escrever(f"O servidor:    {achada}.")
        escrever("Só adote se este é o mesmo banco, renomeado, atualizado ou movido de servidor.", estilo="yellow")
        click.confirm("Adotar", abort=True)
    with motor.begin() as gravacao:
        instalacao.adotar(gravacao, achada, usuario_do_sistema())
    return _fim(em_json, adotada=True, antes=str(antes) if antes else None, agora_e=str(achada), frase=f"Adotado: {achada}.")


def _fim(em_json: bool, *, adotada: bool, antes: str | None, agora_e: str, frase: str) -> int:
    if em_json:
        saida.escrever_json({"codigo": 0, "adotada": adotada, "antes": antes, "agora": agora_e})
    else:
        escrever(frase)
    return 0
