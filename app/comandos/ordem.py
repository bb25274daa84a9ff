"""`manufatura ordem`: criar, listar e ver ordens de produção; os passos da vida delas estão em ordem_passos.py."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from app.banco.migracao import motor_pronto
from app.comandos import ordem_explicar, ordem_passos, ordem_ver
from app.comandos.entrada import chave, ler_data, ler_numero, ler_quantidade, ler_status, usuario
from app.comandos.saida import Coluna, data, escrever, escrever_json, numero, tabela
from app.config import obter_config
from app.erros import ErroManufatura
from app.manufatura.services import ordens, ordens_arvore, ordens_novas
from app.manufatura.services.ordens import Autor, Filtro, Status
from app.manufatura.services.ordens_novas import NovaOrdem
from app.relogio import hoje

COLUNAS_ARQUIVO = ("numero", "codigo", "quantidade")


class ArquivoRecusado(ErroManufatura):
    """Nenhuma ordem foi criada, porque o arquivo {arquivo} tem {quantas} a corrigir: {problemas}."""

    codigo_saida = 2


@click.group("ordem")
def comando() -> None:
    """Ordens de produção: criar, listar, ver, explicar, e os passos da vida delas."""


# --- criar --------------------------------------------------------------------------------------------------------------------


@comando.command("criar")
@click.argument("codigo", required=False)
@click.argument("quantidade", required=False)
@click.option("--numero", "numero_dado", metavar="OP-000016", help="O número de uma OP que já existe no Odoo; sem ele, o próximo.")
@click.option("--planejada", is_flag=True, help="Cria Planejada, em vez de Liberada.")
@click.option("--inicio", metavar="DATA", help="Início previsto (24/11/2026).")
@click.option("--fim", metavar="DATA", help="Fim previsto.")
@click.option("--linha", metavar="LINHA", help="Linha de produção.")
@click.option("--produto-odoo", type=int, metavar="ID", help="O id do produto no Odoo, quando o código se repete.")
@click.option("--arquivo", type=click.Path(path_type=Path), help="Cria as de um CSV com as colunas numero;codigo;quantidade.")
@click.option("--json", "em_json", is_flag=True, help="A ordem criada (ou a lista delas) em JSON.")
def criar(
    codigo: str | None,
    quantidade: str | None,
    numero_dado: str | None,
    planejada: bool,
    inicio: str | None,
    fim: str | None,
    linha: str | None,
    produto_odoo: int | None,
    arquivo: Path | None,
    em_json: bool,
) -> None:
    """Cria uma ordem de QUANTIDADE (como 1.234,5) do produto CODIGO, já Liberada; com --arquivo, muitas: todas ou nenhuma."""
    comuns: dict[str, Any] = {
        "status": Status.PLANEJADA if planejada else Status.LIBERADA,
        "inicio": ler_data(inicio) if inicio else None,
        "fim": ler_data(fim) if fim else None,
        "linha": linha,
    }
    if arquivo is not None:
        if codigo or quantidade or numero_dado or produto_odoo:
            raise click.UsageError("Com --arquivo, o produto, a quantidade e o número vêm dele.")
        criadas = _criar_do_arquivo(arquivo, comuns)
    else:
        if codigo is None or quantidade is None:
            raise click.UsageError("Diga o produto e a quantidade: manufatura ordem criar CODIGO QUANTIDADE.")
        numero_certo = ler_numero(numero_dado) if numero_dado else None
        nova = NovaOrdem(codigo.strip(), ler_quantidade(quantidade), numero=numero_certo, odoo_produto_id=produto_odoo, **comuns)
        criadas = _criar([nova])
    if em_json:
        escrever_json([_publica(o) for o in criadas] if arquivo is not None else _publica(criadas[0]))
        return
    if arquivo is not None:
        escrever(f"{len(criadas)} ordens criadas, {comuns['status']}s.")
    for o in criadas if arquivo is None else ():
        nome = f" ({o['nome_produto']})" if o["nome_produto"] else ""
        escrever(f"Ordem {o['numero_ordem']} criada, {o['status']}: {numero(o['qtd_planejada'])} de {o['cod_produto']}{nome}.")


def _criar(novas: Sequence[NovaOrdem]) -> list[Mapping[str, Any]]:
    with motor_pronto(obter_config()).begin() as conexao:
        return ordens_novas.criar(conexao, novas, Autor(usuario(), "terminal"))


def _criar_do_arquivo(arquivo: Path, comuns: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    novas: list[NovaOrdem] = []
    onde: list[int] = []  # a linha do arquivo de cada uma
    problemas: dict[int, str] = {}
    for linha, campos in _linhas(arquivo):
        try:
            numero_certo = ler_numero(campos["numero"]) if campos["numero"].strip() else None
            nova = NovaOrdem(campos["codigo"].strip(), ler_quantidade(campos["quantidade"]), numero=numero_certo, **comuns)
        except click.BadParameter as erro:
            problemas[linha] = erro.message
            continue
        novas.append(nova)
        onde.append(linha)
    with motor_pronto(obter_config()).begin() as conexao:
        problemas.update({onde[i]: motivo for i, motivo in ordens_novas.problemas(conexao, novas).items()})
        if problemas:
            lista = "; ".join(f"linha {linha}: {problemas[linha].rstrip('.')}" for linha in sorted(problemas))
            quantas = "1 linha" if len(problemas) == 1 else f"{len(problemas)} linhas"
            raise ArquivoRecusado(arquivo=arquivo.name, quantas=quantas, problemas=lista)
        return ordens_novas.criar(conexao, novas, Autor(usuario(), f"terminal, arquivo {arquivo.name}"))


def _linhas(arquivo: Path) -> list[tuple[int, dict[str, str]]]:
    """As linhas do CSV (`;`, UTF-8 com ou sem BOM): número da linha e campos. Erro: click.BadParameter."""
    try:
        conteudo = arquivo.read_text(encoding="utf-8-sig")
    except OSError as erro:
        raise click.BadParameter(f"não consegui ler {arquivo}: {erro.strerror}.") from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{arquivo.name} não está em UTF-8; salve-o de novo como CSV UTF-8.") from None
    leitor = csv.reader(io.StringIO(conteudo, newline=""), delimiter=";")
    titulos = [chave(t) for t in next(leitor, [])]
    if titulos != list(COLUNAS_ARQUIVO):
        raise click.BadParameter(f"a primeira linha de {arquivo.name} tem de ser {';'.join(COLUNAS_ARQUIVO)}.")
    prontas = []
    for campos in leitor:
        if any(c.strip() for c in campos):
            completos = (campos + [""] * 3)[:3]
            prontas.append((leitor.line_num, dict(zip(COLUNAS_ARQUIVO, completos, strict=True))))
    if not prontas:
        raise click.BadParameter(f"{arquivo.name} não tem nenhuma ordem.")
    return prontas


# --- listar e ver -------------------------------------------------------------------------------------------------------------


@comando.command("listar")
@click.option("--status", multiple=True, help="Só as deste estado (pode repetir): planejada, liberada, em produção, concluída, cancelada.")
@click.option("--produto", metavar="CODIGO", help="Só as deste produto.")
@click.option("--atrasadas", is_flag=True, help="Só as abertas cujo fim previsto já passou.")
@click.option("--limite", type=click.IntRange(min=1), help="No máximo tantas.")
@click.option("--json", "em_json", is_flag=True, help="A lista em JSON.")
def listar(status: Sequence[str], produto: str | None, atrasadas: bool, limite: int | None, em_json: bool) -> None:
    """Lista as ordens, em ordem de número."""
    config = obter_config()
    filtro = Filtro([ler_status(s) for s in status], produto, atrasadas, hoje(config.scheduler_timezone), limite)
    with motor_pronto(config).connect() as conexao:
        achadas = ordens.listar(conexao, filtro)
    if em_json:
        escrever_json([_publica(o) for o in achadas])
        return
    if not achadas:
        escrever("Nenhuma ordem assim. Crie uma com `manufatura ordem criar CODIGO QUANTIDADE`.")
        return
    mostrar_lista(achadas)


def mostrar_lista(achadas: Sequence[Mapping[str, Any]]) -> None:
    """As ordens de `ordens.listar`, em tabela."""
    direita = {"planejada", "produzida"}
    titulos = ("ordem", "status", "produto", "nome", "planejada", "produzida", "início previsto", "fim previsto", "início", "fim")
    tabela(
        [
            Coluna(
                t,
                direita=t in direita,
                discreta=t == "nome",
                corta=t == "nome",
                se_houver=t in {"produzida", "início", "fim"},
                dispensavel=t == "nome",
            )
            for t in titulos
        ],
        [
            [
                o["numero_ordem"],
                o["status"],
                o["cod_produto"],
                o["nome_produto"] or "",
                numero(o["qtd_planejada"]),
                numero(o["qtd_produzida"]),
                data(o["data_inicio_prevista"]),
                data(o["data_fim_prevista"]),
                data(o["data_inicio_real"]),
                data(o["data_fim_real"]),
            ]
            for o in achadas
        ],
    )


@comando.command("ver")
@click.argument("numero_dado", metavar="NUMERO")
@click.option(
    "--json", "em_json", is_flag=True, help="A ordem, com a demanda, os materiais, as filhas, a família e os movimentos, em JSON."
)
def ver(numero_dado: str, em_json: bool) -> None:
    """Mostra a ordem NUMERO (OP-000016, ou só 16): a demanda que atende, o porquê das datas, os materiais, as filhas e o que se fez."""
    config = obter_config()
    with motor_pronto(config).connect() as conexao:
        ordem = ordens_arvore.ler(conexao, ler_numero(numero_dado))
    if em_json:
        escrever_json({**_publica(ordem), **ordem_ver.em_dict(ordem)})
        return
    ordem_ver.mostrar(ordem, config.scheduler_timezone)


_INTERNAS = ("id", "odoo_procurada_em", "ordem_pai_id", "materiais_resumo")


def _publica(ordem: Mapping[str, Any]) -> dict[str, Any]:
    """A ordem como vai no JSON: as colunas da tabela, sem as que só servem à maquinaria; quantidades são texto exato."""
    return {c: ordem[c] for c in ordens.T.c.keys() if c not in _INTERNAS}  # noqa: SIM118 — não é um dict


for _passo in (*ordem_passos.COMANDOS, ordem_explicar.explicar):
    comando.add_command(_passo)
