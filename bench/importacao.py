"""Bancada `importacao`: a primeira importação das linhas de pedido com os seus cadastros, contra o piso e contra a semente.

- nosso: a fonte `pedidos` sozinha num banco migrado e vazio, da abertura da sessão (login, empresas, usuários) ao último commit.
  À parte, e ditos: o início do processo, a primeira conferência de capacidades (fields_get) e a primeira vez no processo, em que o
  Python e o SQLAlchemy ainda aquecem (nosso_frio_s).
- piso (bench/piso.py): search + read das mesmas linhas e campos, pela mesma porta e com a mesma página, sem guardar nada.
- semente (bench/semente.py): o algoritmo da semente à letra, numa amostra de pedidos; o resto é extrapolado pelo número de linhas.

Sem opções, num Odoo simulado em processo próprio, com a forma e o tamanho de `medio` e 5 ms por chamada (`--versao=14` ou 19); com
`--real`, no Odoo de ODOO_URL… do ambiente. Os lados se alternam; valem as medianas.

Chaves: razao_piso, razao_semente, chamadas, chamadas_sem_novidade (uma rodada de `importar tudo` sem nada de novo, login incluído) e,
no simulado, linhas_s_simulado (o que o servidor serve, fora os 5 ms: se fosse lento, esconderia o nosso custo).
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from pydantic import SecretStr

from app.config import Config
from bench import apoio
from bench.apoio import Bancos, Lado
from bench.piso import ClienteNu

LATENCIA_MS = 5.0
PEDIDOS_DA_AMOSTRA = 25
CAMPOS_DO_SIMULADO = ["order_id", "product_id", "product_qty", "price_unit", "date_planned", "qty_received", "write_date"]
Mostrar = Callable[[str], None]


@contextmanager
def _alvo(real: bool, versao: int, fabrica: str) -> Iterator[dict[str, str] | None]:
    """As variáveis ODOO_… do servidor a medir; None quando são as do ambiente."""
    if real:
        yield None
        return
    argumentos = ("--versao", str(versao), "--fabrica", fabrica, "--porta", "0", "--latencia-ms", str(LATENCIA_MS), "--sem-stdin")
    with apoio.servidor("app.demo.odoo_simulado", *argumentos) as dados:
        chave = {"ODOO_API_KEY": str(dados["chave_api"])} if dados.get("chave_api") else {}
        acesso = {"ODOO_USER": str(dados["usuario"]), "ODOO_PASSWORD": str(dados["senha"])}
        yield {"ODOO_URL": str(dados["url"]), "ODOO_DB": str(dados["banco"]), **acesso, **chave}


class Medida:
    """Uma rodada da bancada: os três lados contra o mesmo servidor, e o que cada um contou."""

    def __init__(self, bancos: Bancos, alvo: Mapping[str, str] | None, pedidos: int, pilha: ExitStack) -> None:
        self.bancos, self.alvo, self.pedidos = bancos, alvo, pedidos
        modulos = ("bench.lado_nosso", "bench.piso", "bench.semente")
        self._nosso, self._piso, self._semente = (pilha.enter_context(Lado(m, apoio.ambiente(alvo))) for m in modulos)
        self.nossos: list[dict[str, Any]] = []
        self.pisos: list[dict[str, Any]] = []
        self.sementes: list[dict[str, Any]] = []
        self.plano: dict[str, Any] = {}

    def nosso(self) -> float:
        """A nossa primeira importação; segundos."""
        with self.bancos.novo() as banco:
            medida = self._nosso.pedir(url=banco.url)
            guardadas = banco.um("SELECT count(*) FROM pedido_compras")
        self.plano = medida.pop("plano")
        assert guardadas == medida["contagem"]["lidos"], f"lidas {medida['contagem']['lidos']} linhas, guardadas {guardadas}"
        self.nossos.append({**medida, "linhas": guardadas})
        return float(medida["segundos"])

    def piso(self) -> float:
        """O mínimo que custa ter as mesmas linhas na mão; segundos."""
        medida = self._piso.pedir(plano=self.plano)
        lidas, nossas = medida["lidos"]["purchase.order.line"], self.nossos[-1]["linhas"]
        assert lidas == nossas, f"o piso leu {lidas} linhas, e nós guardamos {nossas}"
        self.pisos.append(medida)
        return float(medida["segundos"])

    def semente(self) -> float:
        """A semente na amostra, extrapolada para todas as linhas dela; segundos."""
        with self.bancos.novo() as banco:
            medida = self._semente.pedir(url_dono=banco.url_dono, pedidos=self.pedidos)
        self.sementes.append(medida)
        return float(medida["lista_s"] + medida["linhas_s"] * medida["linhas_ao_todo"] / medida["linhas_da_amostra"])

    def sem_novidade(self) -> dict[str, Any]:
        """`importar tudo` duas vezes seguidas, pelo programa: o que a segunda custa."""
        with self.bancos.novo() as banco:
            variaveis = apoio.ambiente(self.alvo, banco)
            primeira, segunda = (_importar_tudo(variaveis) for _ in range(2))
        return {"primeira": primeira, "segunda": segunda}


def _importar_tudo(variaveis: Mapping[str, str]) -> dict[str, Any]:
    """O JSON de `manufatura importar tudo --json` (sai com 1 quando algo foi rejeitado, e o JSON vem do mesmo modo)."""
    comando = [sys.executable, "-m", "app", "importar", "tudo", "--json"]
    feito = subprocess.run(comando, env=dict(variaveis), cwd=apoio.RAIZ, stdout=subprocess.PIPE, text=True, check=False)
    if not feito.stdout.strip():
        raise RuntimeError(f"importar tudo terminou com o código {feito.returncode} e nada disse")
    dito: dict[str, Any] = json.loads(feito.stdout)
    return dito


def _linhas_por_segundo(alvo: Mapping[str, str], pagina: int) -> float:
    """Quantas linhas de pedido com 7 campos o simulado serve por segundo, descontada a latência posta de propósito."""
    config = Config(
        odoo_url=alvo["ODOO_URL"],
        odoo_db=alvo["ODOO_DB"],
        odoo_user=alvo["ODOO_USER"],
        odoo_password=SecretStr(alvo["ODOO_PASSWORD"]),
        odoo_api_key=SecretStr(alvo["ODOO_API_KEY"]) if "ODOO_API_KEY" in alvo else None,
    )
    cliente = ClienteNu(config, "json2" if "ODOO_API_KEY" in alvo else "jsonrpc", decifrar=False)
    leitor = ClienteNu(config, "json2" if "ODOO_API_KEY" in alvo else "jsonrpc")
    contexto = {"active_test": False}
    ids = leitor.buscar("purchase.order.line", [["product_id", "!=", False]], contexto)
    taxas = []
    for _ in range(5):
        inicio = time.perf_counter()
        for i in range(0, len(ids), pagina):
            cliente.ler("purchase.order.line", ids[i : i + pagina], CAMPOS_DO_SIMULADO, contexto)
        paginas = -(-len(ids) // pagina)
        taxas.append(len(ids) / (time.perf_counter() - inicio - paginas * LATENCIA_MS / 1000))
    return statistics.median(taxas)


def executar(
    mostrar: Mostrar = print,
    repeticoes: int = 5,
    real: bool = False,
    versao: int = 19,
    fabrica: str = "media",
    pedidos: int = PEDIDOS_DA_AMOSTRA,
    **_opcoes: Any,
) -> dict[str, object]:
    """Mede e devolve as razões; `mostrar` recebe cada linha de texto. `pedidos`: quantos a semente percorre em cada amostra."""
    with apoio.bancos_temporarios() as bancos, _alvo(real, versao, fabrica) as alvo, ExitStack() as pilha:
        medida = Medida(bancos, alvo, pedidos, pilha)
        mostrar(f"importacao: {'o Odoo do ambiente' if alvo is None else f'Odoo {versao} simulado, {LATENCIA_MS:.0f} ms por chamada'}")
        # Na primeira vez os dois lados e o servidor ainda aquecem, e o nosso diz ao piso o que ler: dita à parte.
        frios = (medida.nosso(), medida.piso())
        medida.nossos.clear()
        medida.pisos.clear()
        tempos = apoio.alternar({"nosso": medida.nosso, "piso": medida.piso, "semente": medida.semente}, repeticoes, mostrar)
        tudo = medida.sem_novidade()
        resultado = {**_resumir(medida, tempos, tudo), "nosso_frio_s": round(frios[0], 3), "piso_frio_s": round(frios[1], 3)}
        if alvo is not None:
            resultado["linhas_s_simulado"] = round(_linhas_por_segundo(alvo, medida.plano["pagina"]))
    _contar(resultado, mostrar)
    return resultado


def _resumir(medida: Medida, tempos: Mapping[str, list[float]], tudo: Mapping[str, Any]) -> dict[str, object]:
    def mediana(registros: list[dict[str, Any]], chave: str) -> float:
        return float(round(statistics.median(r[chave] for r in registros), 4))

    semente = medida.sementes[0]
    fontes = tudo["segunda"].get("fontes", {})
    return {
        "razao_piso": round(apoio.razao_mediana(tempos["nosso"], tempos["piso"]), 3),
        "razao_semente": round(apoio.razao_mediana(tempos["semente"], tempos["nosso"]), 1),
        "chamadas": max(r["chamadas"] for r in medida.nossos),
        "chamadas_capacidades": max(r["chamadas_capacidades"] for r in medida.nossos),
        "chamadas_piso": medida.pisos[0]["chamadas"],
        "chamadas_sem_novidade": tudo["segunda"]["chamadas"],
        "chamadas_primeira_de_tudo": tudo["primeira"]["chamadas"],
        "novidades_da_segunda": sum(f.get(c, 0) for f in fontes.values() for c in ("novas", "mudadas", "excluidas")),
        "linhas": medida.nossos[0]["linhas"],
        "pagina": medida.plano["pagina"],
        "porta": medida.plano["porta"],
        "repeticoes": len(tempos["nosso"]),
        "nosso_s": mediana(medida.nossos, "segundos"),
        "piso_s": mediana(medida.pisos, "segundos"),
        "semente_s": round(statistics.median(tempos["semente"]), 1),
        "inicio_processo_s": mediana(medida.nossos, "inicio_processo_s"),
        "capacidades_s": mediana(medida.nossos, "capacidades_s"),
        "sessao_s": mediana(medida.nossos, "sessao_s"),
        "pico_mb": round(max(r["pico_mb"] for r in medida.nossos), 1),
        "semente_pedidos": f"{semente['pedidos']} de {semente['pedidos_ao_todo']}, extrapolado pelas linhas",
        "semente_chamadas_da_amostra": semente["chamadas"],
        "lados_s": {nome: [round(t, 3) for t in serie] for nome, serie in tempos.items()},
    }


def _contar(r: Mapping[str, Any], mostrar: Mostrar) -> None:
    mostrados = (
        f"  {r['linhas']} linhas por {r['porta']}: nosso {r['nosso_s']:.3f} s, piso {r['piso_s']:.3f} s",
        f"  semente {r['semente_s']:.1f} s (amostra de {r['semente_pedidos']})",
        f"  {r['razao_piso']:.2f} × o piso; a semente leva {r['razao_semente']:.0f} × o nosso tempo",
        f"  chamadas: {r['chamadas']} (mais {r['chamadas_capacidades']} de capacidades, só na primeira vez)",
        f"  chamadas de `importar tudo` sem novidade: {r['chamadas_sem_novidade']}",
        f"  à parte: início do processo {r['inicio_processo_s']:.2f} s, capacidades {r['capacidades_s']:.3f} s",
        f"  a primeira vez no processo: nosso {r['nosso_frio_s']:.3f} s, piso {r['piso_frio_s']:.3f} s",
    )
    for linha in mostrados:
        mostrar(linha.replace(".", ","))
