"""A parte da demonstração que planeja: as planilhas, as ordens, a árvore de uma delas, e o que acontece quando os lotes mudam.

Usa as mesmas funções de `planilha importar`, `planejar`, `ordem liberar`, `ordem ver` e `conferir`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from app.comandos import conferir, ordem, ordem_ver, planejar, planejar_diferenca, planilha
from app.comandos.rodada import usuario_do_sistema
from app.comandos.saida import data, escrever, inteiro
from app.config import Config
from app.demo.encomendas import MUDADO, Planilhas
from app.manufatura.jobs import calculo_demanda, ordem_producao, vida_da_ordem
from app.manufatura.planilhas.fluxo import Quem
from app.manufatura.planilhas.importacao import ATUALIZAR, SUBSTITUIR, Ajustes, Opcoes
from app.manufatura.planilhas.importacao import importar as importar_planilha
from app.manufatura.services import calendario_banco, ordens, ordens_arvore
from app.manufatura.services.conferencia.todos import conferir_tudo
from app.manufatura.services.ordens import Autor, Filtro, Status
from app.manufatura.services.planejamento import avisos_plano
from app.relogio import agora, hoje

DEMANDA, MTO = planejar.DEMANDA, planejar.MTO
MOSTRA = 4  # de cada espécie de mudança; `planejar --simular` mostra 30
VISTA, FIRME = ("L-1041", "MJ6-ARO"), ("L-1041", "CAD-ARO")  # a ordem que se mostra inteira, e a que já se liberou quando o lote muda
ORDEM_DO_LOTE = text("""
    SELECT o.numero FROM ordem_producao o JOIN ordem_producao_demanda d ON d.ordem_producao_id = o.id
    WHERE d.separacao_lote_id = :lote AND d.cod_produto = :produto AND d.segura""")
AVISOS = text("""
    SELECT min(mensagem) AS mensagem, count(*) AS quantos FROM aviso
    WHERE fechado_em IS NULL AND tipo = ANY(:tipos) GROUP BY tipo ORDER BY min(id) DESC""")
RESUMO = text("""
    WITH abertas AS (
        SELECT o.* FROM ordem_producao o WHERE o.origem_ordem = 'MTO' AND o.status IN ('Planejada', 'Liberada', 'Em Produção')),
    a_comprar AS (
        SELECT m->>'cod_produto' AS cod, m->>'nome_produto' AS nome, (m->>'data_necessidade')::date AS ate
        FROM abertas o, jsonb_array_elements(o.materiais_necessarios) m WHERE (m->>'qtd_comprar')::numeric > 0)
    SELECT (SELECT count(*) FROM abertas WHERE ordem_pai_id IS NULL) AS de_lotes,
        (SELECT count(*) FROM abertas WHERE ordem_pai_id IS NOT NULL) AS filhas,
        (SELECT min(data_inicio_prevista) FROM abertas) AS primeira, (SELECT count(DISTINCT cod) FROM a_comprar) AS comprar,
        (SELECT min(ate) FROM a_comprar) AS ate, (SELECT nome FROM a_comprar ORDER BY ate, nome LIMIT 1) AS urgente""")


class Plano:
    """Os passos, na ordem em que se contam. `titulo`: começa um passo."""

    def __init__(self, config: Config, motor: Engine, casa: Path, titulo: Callable[[str], None]) -> None:
        self.config, self.motor, self.titulo = config, motor, titulo
        self.hoje = hoje(config.scheduler_timezone)
        pasta = casa / "planilhas"
        pasta.mkdir(exist_ok=True)
        self.planilhas = Planilhas(pasta, self.hoje, self._util)
        self.certo = True

    def contar(self) -> bool:
        """A história inteira; se tudo deu certo."""
        self.titulo("5. As planilhas da fábrica: cadastro, estruturas, vendas, previsões e os lotes a expedir")
        for tipo, arquivo in self.planilhas.primeiras().items():
            self._importar(tipo, arquivo)

        self.titulo("6. Planejando: o que se vendeu de cada previsão, e uma ordem para cada lote sob encomenda")
        planejar_diferenca.mostrar_demanda(calculo_demanda.simular_demanda())
        self._planejar(DEMANDA)
        self._planejar(MTO)
        with self.motor.connect() as conexao:
            planejadas = ordens.listar(conexao, Filtro([Status.PLANEJADA]))
        dos_lotes = [o for o in planejadas if o["ordem_pai_id"] is None]
        ordem.mostrar_lista(dos_lotes)
        escrever(f"E {inteiro(len(planejadas) - len(dos_lotes))} ordens filhas, das peças e dos painéis que elas consomem.")
        self._avisos()

        vista = self._numero(*VISTA)
        self.titulo(f"7. Uma ordem por dentro: manufatura ordem ver {ordens.numero_ordem(vista)}")
        with self.motor.connect() as conexao:
            ordem_ver.mostrar(ordens_arvore.ler(conexao, vista), self.config.scheduler_timezone)

        self.titulo("8. Os lotes mudam")
        self._mudar()
        planejar_diferenca.mostrar_mto(ordem_producao.simular_mto(), maximo=MOSTRA)
        self._planejar(MTO)
        escrever("Planejando de novo, sem novidade:")
        self._planejar(MTO)

        self.titulo("9. Conferindo os nossos dados e o plano")
        with self.motor.connect() as conexao:
            resultados = conferir_tudo(conexao, self.config.scheduler_timezone, agora(), meses_abertos=self.config.demanda_meses_abertos)
        conferir.mostrar_invariantes(resultados)
        return self.certo and all(r.certo for r in resultados)

    def resumo(self) -> list[str]:
        """As frases do plano para o fim da demonstração."""
        with self.motor.connect() as conexao:
            r = conexao.execute(RESUMO).one()
        frase = (
            f"O plano tem {inteiro(r.de_lotes)} ordens de lotes e {inteiro(r.filhas)} filhas, a primeira a começar em {data(r.primeira)};"
            f" faltam comprar {inteiro(r.comprar)} materiais"
        )
        return [frase + (f", o primeiro até {data(r.ate)} ({r.urgente})." if r.comprar else ".")]

    # --- os passos --------------------------------------------------------------------------------------------------------------

    def _mudar(self) -> None:
        """Libera a ordem das cadeiras, e manda de novo as planilhas que mudaram."""
        firme = self._numero(*FIRME)
        porque = "os materiais chegam antes do início"
        vida_da_ordem.liberar(self.motor, firme, self._autor(), com_filhas=True, mesmo_assim=porque)
        escrever(f"  • A fábrica liberou a {ordens.numero_ordem(firme)} ({FIRME[1]}) e as filhas dela.")
        mesas, (cadeiras, _) = MUDADO[VISTA][0], MUDADO[FIRME]
        escrever(f"  • O cliente do lote {VISTA[0]} agora quer {mesas} mesas e {cadeiras} cadeiras; o L-1043 sai uma semana depois.")
        self._importar("separacoes", self.planilhas.separacoes(mudadas=True), SUBSTITUIR)
        escrever("  • O pedido do lote L-1042 foi cancelado.")
        self._importar("pedidos", self.planilhas.pedidos(mudados=True), mostrar=True)
        escrever("  • O cadastro ganhou o lead time que faltava.")
        self._importar("cadastro", self.planilhas.lead_time(), mostrar=True)
        escrever("O que o planejamento vai fazer com isso (planejar mto --simular):")

    def _importar(self, tipo: str, arquivo: Path, modo: str = ATUALIZAR, *, mostrar: bool = False) -> None:
        """Uma planilha, como em `planilha importar`; `mostrar` (ou substituir): cada linha que muda."""
        opcoes = Opcoes(modo=modo)
        ajustes = Ajustes(self.config.scheduler_timezone, self.hoje, self.config.estoque_fonte)
        quem = Quem(usuario_do_sistema(), f"demonstração, arquivo {arquivo.name}")
        resultado = importar_planilha(self.motor, arquivo, tipo, ajustes, opcoes, quem, lambda _: True)
        for problema in resultado.problemas:
            escrever(f"✗ {problema}", estilo="red")
        for aviso in resultado.lida.avisos:
            escrever(f"Aviso: {aviso}", estilo="yellow")
        for e in resultado.diferenca.exemplos if mostrar or modo == SUBSTITUIR else ():
            escrever(f"    {planilha.em_linha(e, resultado.lida.tipo)}")
        escrever(f"  {planilha.veredito(resultado, opcoes)}")
        self.certo = self.certo and resultado.codigo == 0

    def _planejar(self, nome: str) -> None:
        """Um dos planejamentos, como em `planejar`."""
        inicio = time.monotonic()
        feita = planejar.rodar(nome)
        planejar.mostrar(nome, {**feita, "segundos": time.monotonic() - inicio})

    def _avisos(self) -> None:
        """O que o planejamento espera de uma pessoa: um aviso de cada tipo, e quantos mais há."""
        with self.motor.connect() as conexao:
            for r in conexao.execute(AVISOS, {"tipos": list(avisos_plano.TIPOS)}):
                escrever(f"Aviso: {r.mensagem}", estilo="yellow")
                if r.quantos > 1:
                    escrever(f"  … e mais {inteiro(r.quantos - 1)} como este.", estilo="dim")

    def _numero(self, lote: str, produto: str) -> int:
        with self.motor.connect() as conexao:
            n: int = conexao.execute(ORDEM_DO_LOTE, {"lote": lote, "produto": produto}).scalar_one()
        return n

    def _util(self, n: int) -> date:
        """O n-ésimo dia útil depois de hoje."""
        with self.motor.connect() as conexao:
            calendario = calendario_banco.montar_sem_gravar(conexao, self.hoje, self.config.feriados_uf, self.config.feriados_facultativos)
        dia = self.hoje
        for _ in range(n):
            dia += timedelta(days=1)
            while not calendario.dia_util(dia):
                dia += timedelta(days=1)
        return dia

    def _autor(self) -> Autor:
        return Autor(usuario_do_sistema(), "demonstração")
