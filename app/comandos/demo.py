"""`manufatura demo`: o sistema inteiro numa máquina, sem configurar nada: banco embutido, Odoo simulado e uma fábrica de móveis.

Usa as mesmas funções de `importar`, `ordem criar` e `conferir --odoo`; o planejamento está em demo_plano.py. Tudo vive numa pasta
própria, apagada no fim; nenhum processo nem porta fica, mesmo com Ctrl-C ou erro.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from types import FrameType

import click
from pydantic import SecretStr
from sqlalchemy import Engine, text

from app.banco import embutido
from app.banco.migracao import motor_pronto
from app.banco.motor import esquecer_motores
from app.comandos import conferir, importar, rodada, saida
from app.comandos.demo_plano import Plano
from app.comandos.rodada import Rodada, usuario_do_sistema
from app.comandos.saida import Andamento, escrever, inteiro, numero
from app.config import Config, definir_config, limpar_config, obter_config
from app.demo import roteiro
from app.demo.odoo_simulado import ADMIN, CHAVE_ADMIN, SENHA_ADMIN, BancoSimulado, ServidorSimulado, fabrica_demo
from app.erros import ErroManufatura
from app.manufatura.fontes import sessao
from app.manufatura.fontes.registro import FONTES
from app.manufatura.jobs import base_job, reconciliacao
from app.manufatura.jobs.reconciliacao import Reconciliacao
from app.manufatura.services import ordens_novas
from app.manufatura.services.ordens import Autor
from app.manufatura.services.ordens_novas import NovaOrdem
from app.relogio import agora, hoje

ORDENS = 40
PREFIXO = "demo-"


@click.command("demo")
@click.option("--versao", type=click.Choice(["14", "19"]), default="19", help="Que Odoo simular.", show_default=True)
@click.option("--guardar", is_flag=True, help="Não apaga a pasta da demonstração no fim (o banco fica parado dentro dela).")
def comando(versao: str, guardar: bool) -> int:
    """Mostra o sistema inteiro nesta máquina, sem configurar nada.

    PostgreSQL embutido e Odoo simulado com uma fábrica de móveis; importa tudo, edita "no Odoo", importa só o que mudou,
    confere, planeja os lotes e mostra o que acontece quando eles mudam. Usa pasta e banco próprios e não deixa processo nem
    porta abertos. Sai com 0 se nada faltou.
    """
    inicio = time.monotonic()
    with _Interrupcao() as interrupcao, _pasta(obter_config(), guardar) as casa:
        with importar.barra("Preparando a fábrica simulada") as andamento:
            fabrica = fabrica_demo(int(versao))
            servidor = ServidorSimulado(fabrica).ligar()
            andamento.definir(sum(len(t) for t in fabrica.tabelas.values()))
        try:
            certo = _contar_historia(casa, servidor, fabrica, interrupcao)
        except ErroManufatura:
            interrupcao.conferir()  # uma interrupção no meio de um comando do banco vira outro erro pelo caminho
            raise
        finally:
            servidor.desligar()
        interrupcao.conferir()
    onde = "Nada ficou: nem processo, nem porta, nem pasta"
    if guardar:
        onde = f"A pasta ficou em {casa}; para olhar: MANUFATURA_DADOS='{casa}' manufatura ordem listar"
    escrever(f"{onde}. Tudo em {saida.duracao(time.monotonic() - inicio)}.", estilo="dim")
    return 0 if certo else 1


def _contar_historia(casa: Path, servidor: ServidorSimulado, fabrica: BancoSimulado, interrupcao: _Interrupcao) -> bool:
    with _banco(casa, servidor, fabrica) as (config, motor):
        interrupcao.titulo("1. Primeira importação: os cadastros e dois anos de compras e produção")
        primeira = rodada.importar(config, motor, ["cadastros"], interrupcao.barra)
        if primeira.erros:
            interrupcao.conferir()  # uma interrupção no meio de uma conexão vira outro erro pelo caminho
            importar.mostrar(primeira)
            return False
        _criar_ordens(motor, fabrica)
        primeira = _juntar(primeira, rodada.importar(config, motor, [n for n in FONTES if n != "cadastros"], interrupcao.barra))
        importar.mostrar(primeira)
        rejeitados = _rejeitados(motor)
        importar.mostrar_rejeicoes(motor, list(FONTES))

        interrupcao.titulo("2. Um dia de trabalho no Odoo")
        for frase in roteiro.dia_de_trabalho(fabrica, hoje(config.scheduler_timezone)):
            escrever(f"  • {frase}")

        interrupcao.titulo("3. Segunda importação: só o que mudou")
        _, mudancas = importar.simular(motor, list(FONTES), None, rodada.calado, exemplos=3)
        segunda = rodada.importar(config, motor, list(FONTES), interrupcao.barra)
        importar.mostrar(segunda)
        importar.mostrar_mudancas(mudancas)

        interrupcao.titulo("4. Conferindo com o Odoo: ids e somas lá e aqui, por fluxo e mês")
        with sessao.abrir(config, motor, agora()) as contexto:
            prova = reconciliacao.reconciliar(contexto, corrigir=False)
        conferir.mostrar_prova(prova)

        plano = Plano(config, motor, casa, interrupcao.titulo)
        planejou = plano.contar()

        interrupcao.titulo("Em resumo")
        _resumir(motor, primeira, segunda, rejeitados, prova, plano.resumo())
        return not primeira.erros and not segunda.erros and prova.igual and planejou


def _juntar(a: Rodada, b: Rodada) -> Rodada:
    return Rodada(
        feitas={**a.feitas, **b.feitas},
        erros={**a.erros, **b.erros},
        puladas=[*a.puladas, *b.puladas],
        chamadas=a.chamadas + b.chamadas,
        segundos=a.segundos + b.segundos,
    )


# --- o cenário --------------------------------------------------------------------------------------------------------------------


@contextmanager
def _pasta(config: Config, guardar: bool) -> Iterator[Path]:
    """Uma pasta só desta demonstração, com o pid no nome; apaga antes as de demonstrações que morreram sem limpar.

    No fim apaga também as pastas que criou até ela: numa máquina nova, nada fica em ~/.local/share.
    """
    criadas = [p for p in (config.manufatura_dados, *config.manufatura_dados.parents) if not p.exists()]
    config.manufatura_dados.mkdir(mode=0o700, parents=True, exist_ok=True)
    for velha in config.manufatura_dados.glob(f"{PREFIXO}[0-9]*"):
        if not Path(f"/proc/{velha.name.removeprefix(PREFIXO)}").exists() and not (velha / "guardada").exists():
            embutido.parar(velha)
            shutil.rmtree(velha, ignore_errors=True)
            criadas = criadas or [config.manufatura_dados]  # a que morreu não pôde apagar a sua
    casa = config.manufatura_dados / f"{PREFIXO}{os.getpid()}"
    casa.mkdir(mode=0o700)
    try:
        yield casa
    finally:
        if guardar:
            (casa / "guardada").touch()
        else:
            shutil.rmtree(casa, ignore_errors=True)
            for pasta in criadas:  # as que não existiam, de dentro para fora; fica a que outro já usa
                with suppress(OSError):
                    pasta.rmdir()


@contextmanager
def _banco(casa: Path, servidor: ServidorSimulado, fabrica: BancoSimulado) -> Iterator[tuple[Config, Engine]]:
    """O banco embutido da pasta, migrado, e a configuração do processo apontada para ele e para o Odoo simulado."""
    chave = {} if fabrica.antigo else {"odoo_api_key": SecretStr(CHAVE_ADMIN)}
    instalacao = obter_config()
    config = Config.model_validate(
        {
            "odoo_url": servidor.url,
            "odoo_db": fabrica.nome,
            "odoo_user": ADMIN,
            "odoo_password": SecretStr(SENHA_ADMIN),
            "manufatura_dados": casa,
            "manufatura_pg_usuario": instalacao.manufatura_pg_usuario,
            **chave,
        }
    )
    definir_config(config)
    base_job.motor_do_processo.cache_clear()
    try:
        # Dados de brincadeira: sem fsync o banco nasce em metade do tempo.
        with importar.barra("Preparando o banco de dados") as andamento:
            embutido.ligar(casa, config.manufatura_pg_usuario, descartavel=True)
            motor = motor_pronto(config)
            andamento.definir(1)
        yield config, motor
    finally:
        esquecer_motores()
        embutido.parar(casa)
        base_job.motor_do_processo.cache_clear()
        limpar_config()


class _Interrupcao:
    """Ctrl-C e SIGTERM, sem que se percam: o Python cala a exceção que nasce dentro de certas funções (as de weakref, por exemplo),
    e por isso o pedido também fica anotado, e é conferido entre um passo e outro."""

    def __init__(self) -> None:
        self.pedida = False

    def __enter__(self) -> _Interrupcao:
        self._antes = {s: signal.signal(s, self._receber) for s in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for sinal, antes in self._antes.items():
            signal.signal(sinal, antes)

    def _receber(self, _sinal: int, _quadro: FrameType | None) -> None:
        self.pedida = True
        raise KeyboardInterrupt

    def conferir(self) -> None:
        """Interrompe agora, se já foi pedido."""
        if self.pedida:
            raise KeyboardInterrupt

    @contextmanager
    def barra(self, titulo: str) -> Iterator[Andamento]:
        """A barra de `importar`, conferindo antes e depois."""
        self.conferir()
        with importar.barra(titulo) as andamento:
            yield andamento
        self.conferir()

    def titulo(self, texto: str) -> None:
        """Começa um passo da história."""
        self.conferir()
        escrever()
        escrever(texto, estilo="bold cyan")


def _criar_ordens(motor: Engine, fabrica: BancoSimulado) -> None:
    """As nossas ordens das últimas OPs da fábrica (mesmo número, produto e quantidade), para os apontamentos terem onde cair."""
    novas: dict[int, NovaOrdem] = {}
    for op in sorted(fabrica.linhas("mrp.production"), key=lambda x: str(x["name"])):
        produto = fabrica.exigir("product.product", op["product_id"])
        numero_da_op, codigo = int(str(op["name"]).split("-")[1]), str(produto["default_code"]).strip()
        novas.setdefault(
            numero_da_op, NovaOrdem(codigo, Decimal(str(op["product_qty"])), numero=numero_da_op, odoo_produto_id=produto["id"])
        )
    with motor.begin() as conexao:
        ordens_novas.criar(conexao, [novas[n] for n in sorted(novas)[-ORDENS:]], Autor(usuario_do_sistema(), "demonstração"))


# --- o resumo -----------------------------------------------------------------------------------------------------------------------

CONTAS = text("""
    SELECT (SELECT count(*) FROM pedido_compras) AS linhas, (SELECT count(DISTINCT odoo_documento_id) FROM pedido_compras) AS pedidos,
        (SELECT count(*) FROM movimentacao_estoque WHERE tipo_movimentacao = 'ENTRADA_COMPRA') AS entradas,
        (SELECT count(*) FROM movimentacao_estoque WHERE tipo_movimentacao = 'DEVOLUCAO_COMPRA') AS devolucoes,
        (SELECT count(*) FROM ordem_producao WHERE origem_ordem <> 'MTO') AS ordens,
        (SELECT sum(qtd_produzida) FROM ordem_producao) AS produzido,
        (SELECT count(*) FROM rejeicao_integracao WHERE tipo = 'ignorada' AND resolvida_em IS NULL) AS ignorados,
        (SELECT min(motivo) FROM rejeicao_integracao WHERE tipo = 'ignorada' AND resolvida_em IS NULL) AS porque""")
ATRASADOS = text("""
    SELECT raz_social, count(*) AS linhas, max(CAST(:hoje AS date) - data_pedido_previsao) AS dias FROM pedido_compras
    WHERE status_odoo IN ('purchase', 'done') AND qtd_recebida < qtd_produto_pedido AND data_pedido_previsao < CAST(:hoje AS date)
    GROUP BY raz_social ORDER BY count(*) DESC, raz_social LIMIT 3""")
TOTAL_ATRASADO = text("""
    SELECT count(*) FROM pedido_compras WHERE status_odoo IN ('purchase', 'done') AND qtd_recebida < qtd_produto_pedido
        AND data_pedido_previsao < CAST(:hoje AS date)""")
PRAZOS = text("""
    SELECT nome_fornecedor, cod_produto, round(lead_time_mediano, 1) AS mediano, lead_time_previsto, entregas FROM lead_time_fornecedor
    WHERE entregas >= 3 AND lead_time_previsto > 0 ORDER BY lead_time_mediano - lead_time_previsto DESC, nome_fornecedor LIMIT 1""")


def _rejeitados(motor: Engine) -> list[tuple[str, int]]:
    consulta = (
        "SELECT motivo, count(*) FROM rejeicao_integracao WHERE tipo = 'rejeitada' AND resolvida_em IS NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    with motor.connect() as conexao:
        return [(r[0], r[1]) for r in conexao.execute(text(consulta))]


def _resumir(
    motor: Engine, primeira: Rodada, segunda: Rodada, rejeitados: list[tuple[str, int]], prova: Reconciliacao, plano: list[str]
) -> None:
    dia = hoje(obter_config().scheduler_timezone)
    with motor.connect() as conexao:
        c = conexao.execute(CONTAS).one()
        atrasados = conexao.execute(ATRASADOS, {"hoje": dia}).all()
        total = conexao.execute(TOTAL_ATRASADO, {"hoje": dia}).scalar_one()
        prazo = conexao.execute(PRAZOS).first()
    entrou = (
        f"Entraram {inteiro(c.linhas)} linhas de {inteiro(c.pedidos)} pedidos de compra, {inteiro(c.entradas)} recebimentos e"
        f" {inteiro(c.devolucoes)} devoluções, e a produção de {inteiro(c.ordens)} ordens ({numero(c.produzido)} peças),"
        f" em {saida.duracao(primeira.segundos)} e {inteiro(primeira.chamadas)} chamadas ao Odoo."
    )
    depois = f"Depois das edições, a segunda importação trouxe só as mudanças: {_mudancas(segunda)}, em {saida.duracao(segunda.segundos)}."
    frases = [entrou, depois]
    if rejeitados:
        quantos = sum(n for _, n in rejeitados)
        frases.append(
            f"Na primeira, {inteiro(quantos)} registros não puderam ser guardados e ficaram listados com o motivo"
            f" ({'; '.join(f'{inteiro(n)} com {_motivo(m)}' for m, n in rejeitados[:2])}); corrigidos no Odoo, entraram sozinhos."
        )
    if c.ignorados:
        frases.append(f"{inteiro(c.ignorados)} movimentos ficaram de fora por regra, contados e listados ({c.porque}).")
    if atrasados:
        quem = ", ".join(f"{r.raz_social} ({inteiro(r.linhas)} itens, até {inteiro(r.dias)} dias)" for r in atrasados)
        frases.append(f"Estão atrasados {inteiro(total)} itens comprados; os fornecedores com mais: {quem}.")
    if prazo:
        frases.append(
            f"O prazo que mais foge do combinado: {prazo.nome_fornecedor} promete {prazo.cod_produto} em {numero(prazo.lead_time_previsto)}"
            f" dias e entrega em {numero(prazo.mediano)} (mediana de {inteiro(prazo.entregas)} entregas)."
        )
    certo = "A conferência com o Odoo não achou nada faltando, sobrando ou diferente."
    frases.append(certo if prova.igual else "A conferência achou diferenças, listadas acima.")
    for frase in [*frases, *plano]:
        escrever(f"  • {frase}")
    escrever()
    escrever("Para usar com o seu Odoo: os cinco passos em README.md, «Conecte o seu Odoo».", estilo="bold")


def _motivo(motivo: str) -> str:
    return motivo.removeprefix("O valor não pode ser guardado: ").rstrip(".")


def _mudancas(r: Rodada) -> str:
    novas = sum(int(f["novas"]) for f in r.feitas.values())
    mudadas = sum(int(f["mudadas"]) for f in r.feitas.values())
    return f"{inteiro(novas)} linhas novas e {inteiro(mudadas)} mudadas"
