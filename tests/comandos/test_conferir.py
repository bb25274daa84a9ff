"""Os invariantes de `manufatura conferir`: nada errado num banco coerente, e cada um acusa o que o desmente."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from app.demo.odoo_simulado import ServidorSimulado
from app.manufatura.jobs import reconciliacao
from app.manufatura.services.conferencia import planejamento
from app.manufatura.services.conferencia.todos import INVARIANTES, conferir_tudo
from tests.apoio.pg import BancoTeste
from tests.comandos import mundo
from tests.comandos.apoio import fabrica, instalacao, rodar

AGORA = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")

# nome do invariante → o estrago que ele tem de acusar
ESTRAGOS = {
    "pedido_recebido_por_movimentos": "UPDATE pedido_compras SET qtd_recebida = 8 WHERE odoo_id = 100",
    "pedido_recebido_sem_movimento": "UPDATE pedido_compras SET odoo_qtd_recebida = 1 WHERE odoo_id = 102",
    "pedido_data_de_entrega": "UPDATE pedido_compras SET data_pedido_entrega = '2026-10-12' WHERE odoo_id = 100",
    "pedido_confirmado": "UPDATE pedido_compras SET confirmacao_pedido = false WHERE odoo_id = 100",
    "pedido_estado": "UPDATE pedido_compras SET odoo_excluida = true WHERE odoo_id = 102",
    "pedido_datas_locais": "UPDATE pedido_compras SET data_pedido_criacao = '2026-10-02' WHERE odoo_id = 100",
    "pedido_quantidade_e_preco": "UPDATE pedido_compras SET preco_produto_pedido = 60 WHERE odoo_id = 100",
    "pedido_cadastros": "UPDATE odoo_parceiro SET nome = 'Aços do Sul Ltda' WHERE odoo_id = 5",
    "pedido_cnpj": "UPDATE pedido_compras SET cnpj_fornecedor = '12.345.678/0001-95' WHERE odoo_id = 100",
    "requisicao_status": "UPDATE requisicao_compras SET status = 'Requisitada'",
    "requisicao_quantidade": "UPDATE requisicao_compras SET qtd_produto_requisicao = 2",
    "lead_time_recalculado": "UPDATE lead_time_fornecedor SET lead_time_historico = 12.4",
    "movimento_por_movimento": "UPDATE movimentacao_estoque SET qtd_movimentacao = 11 WHERE odoo_id = 900",
    "movimento_vinculos": "UPDATE movimentacao_estoque SET num_pedido = 'PC2' WHERE odoo_id = 900",
    "movimento_guardado_ou_listado": "UPDATE rejeicao_integracao SET resolvida_em = now() WHERE odoo_id = 903",
    "movimento_classificacao": "UPDATE odoo_movimento SET destino_id = 3 WHERE odoo_id = 900",
    "movimento_unidade": "UPDATE odoo_movimento SET unidade_id = 2 WHERE odoo_id = 900",
    "posicao_cadastro": "UPDATE posicao_estoque SET cod_produto = 'VELHO' WHERE odoo_produto_id = 10",
    "ordem_qtd_produzida": "UPDATE ordem_producao SET qtd_produzida = 5",
    "ordem_estado": "UPDATE ordem_producao SET status = 'Liberada'",
    "ordem_numero": "UPDATE ordem_producao SET numero = 7, numero_ordem = 'OP-000007'",
    "ordem_familia": "UPDATE odoo_op SET produto_id = 10",
    "produto_espelhado": "DELETE FROM odoo_produto WHERE odoo_id = 13",
    "codigo_do_produto": "UPDATE cadastro_palletizacao SET odoo_produto_id = 12 WHERE cod_produto = 'A1'",
    "numeros_finitos": "UPDATE posicao_estoque SET qtd = 'NaN' WHERE odoo_produto_id = 11",
    "cursor_no_passado": "UPDATE cursor_integracao SET cursor = '2026-11-24 12:06+00'",
    "leitura_pela_metade": 'UPDATE cursor_integracao SET janela = \'{"tipo": "primeira"}\', ultimo_id = 9, atualizado_em = \'2026-11-20'
    " 10:00+00'",
    "rejeicao_antiga": "UPDATE rejeicao_integracao SET tipo = 'rejeitada', primeira_vez = '2026-11-10' WHERE odoo_id = 904",
    "uma_execucao_por_job": "UPDATE log_integracao SET status = 'executando', batimento = '2026-11-24 11:00+00'",
    "execucao_com_desfecho": "UPDATE log_integracao SET registros_erro = 3",
}


@pytest.fixture
def coerente(motor: Engine) -> Engine:
    with motor.begin() as conexao:
        mundo.criar(conexao)
    return motor


def errados(motor: Engine) -> dict[str, list[dict[str, object]]]:
    with motor.connect() as conexao:
        return {r.invariante.nome: [dict(linha) for linha in r.linhas] for r in conferir_tudo(conexao, SAO_PAULO, AGORA) if not r.certo}


def test_banco_coerente_nao_tem_nada_errado(coerente: Engine) -> None:
    assert errados(coerente) == {}


def test_banco_vazio_nao_tem_nada_errado(motor: Engine) -> None:
    assert errados(motor) == {}


def test_todo_invariante_tem_quem_o_desminta() -> None:
    # os do planejamento têm os seus estragos em test_conferir_planejamento.py
    assert set(ESTRAGOS) == {i.nome for i in INVARIANTES} - {i.nome for i in planejamento.INVARIANTES}


@pytest.mark.parametrize("nome", sorted(ESTRAGOS))
def test_cada_invariante_acusa_o_estrago(nome: str, coerente: Engine) -> None:
    with coerente.begin() as conexao:
        conexao.exec_driver_sql(ESTRAGOS[nome])
    achados = errados(coerente)
    assert nome in achados
    assert achados[nome][0]  # a linha culpada vem com o que a mostra


@pytest.mark.parametrize(
    "estrago",
    [
        "DELETE FROM movimentacao_estoque WHERE odoo_id = 900",  # falta
        "UPDATE odoo_movimento SET feito = false WHERE odoo_id = 900",  # sobra
        "UPDATE movimentacao_estoque SET tipo_movimentacao = 'AJUSTE' WHERE odoo_id = 901",
        "UPDATE cadastro_palletizacao SET produto_comprado = false WHERE cod_produto = 'A1'",  # deixou de ser comprado
    ],
)
def test_movimento_que_falta_sobra_ou_difere(estrago: str, coerente: Engine) -> None:
    with coerente.begin() as conexao:
        conexao.execute(text(estrago))
    assert "movimento_por_movimento" in errados(coerente)


def test_linhas_mostradas_tem_limite_e_o_total_e_verdadeiro(coerente: Engine) -> None:
    with coerente.begin() as conexao:
        conexao.execute(text("UPDATE pedido_compras SET raz_social = 'outra'"))
    with coerente.connect() as conexao:
        resultado = next(r for r in conferir_tudo(conexao, SAO_PAULO, AGORA, maximo=2) if r.invariante.nome == "pedido_cadastros")
    assert (resultado.total, len(resultado.linhas)) == (3, 2)


def test_media_movel_em_sql_arredonda_meio_para_o_par(coerente: Engine) -> None:
    """Prazos 10, 15, 3, 8, 1, 2, 7, 1, 6: o 15º passo da conta feita à mão tem empates nas 4 casas."""
    from app.manufatura.fontes.lead_time import media_movel

    dias = [10, 15, 3, 8, 1, 2, 7, 1, 6, 9, 4, 4, 13, 1, 30, 2, 2, 5]
    with coerente.begin() as conexao:
        for n, d in enumerate(dias[2:]):
            conexao.execute(
                text("""INSERT INTO pedido_compras (odoo_modelo, odoo_id, odoo_produto_id, empresa_id, num_pedido, odoo_parceiro_id,
                    data_pedido_criacao, data_pedido_entrega, qtd_produto_pedido, odoo_qtd_produto)
                    VALUES ('purchase.order.line', CAST(:id AS bigint), 10, 1, 'PC9', 5, CAST('2026-10-20' AS date) + CAST(:n AS int)
                    - CAST(:d AS int), CAST('2026-10-20' AS date) + CAST(:n AS int), 1, 1)"""),
                {"id": 200 + n, "n": n, "d": d},
            )
        conexao.execute(
            text(
                "UPDATE lead_time_fornecedor SET lead_time_historico = :m, entregas = :n, ultimo_lead_time = 5"
                ", lead_time_mediano = 4, lead_time_p90 = 13.6"
            ),
            {"m": media_movel(dias), "n": len(dias)},
        )
    achado = errados(coerente).get("lead_time_recalculado", [{}])[0]
    assert achado.get("lead_time_historico") == achado.get("recalculado")


# --- o comando e a reconciliação ------------------------------------------------------------------------------------------------


@pytest.fixture
def importada(banco_pg: BancoTeste) -> Iterator[ServidorSimulado]:
    with ServidorSimulado(fabrica(19)) as servidor, instalacao(servidor, banco_pg):
        assert rodar("importar", "tudo")[0] == 0
        yield servidor


def test_comando_sem_nada_errado(importada: ServidorSimulado) -> None:
    codigo, saida, erros = rodar("conferir", "--odoo")
    assert (codigo, erros) == (0, "")
    assert "Nada falta, nada sobra, nada difere" in saida
    assert f"Nossos dados: {len(INVARIANTES)} conferências, todas certas." in saida
    assert "Pedidos de compra\t2\t2\t0\t0\t0\t0\tigual" in saida
    codigo, saida, _ = rodar("conferir", "--odoo", "--tudo")
    assert "# Por mês" in saida


def test_comando_so_dos_nossos_dados_nao_precisa_do_odoo(coerente: Engine, banco_pg: BancoTeste) -> None:
    servidor = ServidorSimulado(fabrica(19))
    servidor.porta = 1
    with instalacao(servidor, banco_pg):
        assert rodar("conferir")[0] == 0
        with coerente.begin() as conexao:
            conexao.execute(text("UPDATE pedido_compras SET qtd_recebida = 8 WHERE odoo_id = 100"))
        codigo, saida, _ = rodar("conferir")
        assert codigo == 1
        assert "✗ Não vale: o recebido de cada linha de pedido" in saida
        assert "manufatura importar entradas" in saida
        assert "PC1\t100\tA1\t8\t7" in saida
        codigo, saida, _ = rodar("conferir", "--json")
        dados = json.loads(saida)
        assert (codigo, dados["codigo"], "odoo" in dados) == (1, 1, False)
        assert [i["nome"] for i in dados["invariantes"] if not i["certo"]] == ["pedido_recebido_por_movimentos"]


def test_comando_corrige_o_que_difere_e_registra(importada: ServidorSimulado, motor: Engine) -> None:
    b = importada.banco
    primeira, segunda = (x["id"] for x in b.linhas("purchase.order.line"))
    b.escrever_cru("purchase.order.line", segunda, {"product_uom_qty": 25.0}, mover=False)  # gravação tardia
    with motor.begin() as conexao:
        conexao.execute(text("UPDATE movimentacao_estoque SET pedido_compras_id = NULL"))
        conexao.execute(text("DELETE FROM pedido_compras WHERE odoo_id = :i"), {"i": primeira})
    codigo, saida, _ = rodar("conferir", "--odoo")
    assert codigo == 1
    assert f"purchase.order.line\t{segunda}\tP00001\tdifere\tquantidade: 25 no Odoo, 20 aqui" in saida
    assert "# Meses que diferem" in saida
    codigo, saida, _ = rodar("conferir", "--odoo", "--corrigir", "--json")
    dados = json.loads(saida)
    assert (codigo, dados["odoo"]["igual"], dados["odoo"]["diferencas"], dados["odoo"]["rejeitados"]) == (0, True, 2, 0)
    assert {d["tipo"] for d in dados["odoo"]["achadas"]} == {"falta", "difere"}
    with motor.connect() as conexao:
        assert conexao.execute(text("SELECT array_agg(qtd_produto_pedido ORDER BY odoo_id) FROM pedido_compras")).scalar_one() == [10, 25]
        feita = conexao.execute(text("SELECT status, origem FROM log_integracao WHERE job_id = 'reconciliar_com_odoo'")).one()
    assert tuple(feita) == ("sucesso", "cli")
    assert rodar("conferir", "--odoo")[0] == 0


def test_corrigir_sem_odoo_e_erro_de_uso(importada: ServidorSimulado) -> None:
    assert rodar("conferir", "--corrigir")[0] == 2


def test_fluxo_que_nao_se_pode_ler_diz_o_nome_e_os_outros_seguem(importada: ServidorSimulado) -> None:
    importada.banco.negar("admin", "stock.quant")
    codigo, saida, erros = rodar("conferir", "--odoo")
    assert codigo == 3
    assert "Posição de estoque: não pude comparar." in erros
    assert "Pedidos de compra\t2\t2\t0\t0\t0\t0\tigual" in saida


def test_reconciliacao_diaria_e_completa_uma_vez_por_semana(importada: ServidorSimulado, motor: Engine) -> None:
    linha = importada.banco.linhas("purchase.order.line")[1]["id"]
    importada.banco.escrever_cru("purchase.order.line", linha, {"product_uom_qty": 25.0}, mover=False)
    primeira = reconciliacao.reconciliar_com_odoo()
    assert (primeira["completa"], primeira["diferencas"], primeira["rejeitados"], primeira["mudadas"]) == (True, 1, 0, 1)
    assert primeira["processados"] > 0
    segunda = reconciliacao.reconciliar_com_odoo()
    assert (segunda["completa"], segunda["diferencas"]) == (False, 0)
    with motor.begin() as conexao:
        conexao.execute(text("UPDATE cursor_integracao SET conferido_em = conferido_em - interval '8 days'"))
    assert reconciliacao.reconciliar_com_odoo()["completa"] is True
