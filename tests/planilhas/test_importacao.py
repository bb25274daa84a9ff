"""Importar no banco: duas vezes não muda nada, tudo ou nada, modos, auditoria, e o que cada tipo tem de seu."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from app.manufatura.fontes import cadastro_fabrica
from app.manufatura.planilhas import exportacao, rejeitadas
from app.manufatura.planilhas.definicoes import TIPOS
from app.manufatura.planilhas.diferenca import Diferenca
from app.manufatura.planilhas.erros import AbaDuvidosa, MudouEnquantoConfirmava, SaldoVemDoOdoo
from app.manufatura.planilhas.importacao import Ajustes
from app.manufatura.planilhas.saldos import DatasDiferentes
from tests.apoio.pg import BancoTeste
from tests.planilhas.apoio import AJUSTES, FUSO, HOJE, csv, enviar, linhas, motivos, xlsx

EXEMPLOS: dict[str, list[list[Any]]] = {
    "cadastro": [["Código", "Nome", "MTO/MTS", "Lead time", "Peso"], ["007", "Mesa", "mto", 3, "28,5"], ["PE", "Pé", None, None, 0.4]],
    "estruturas": [["Produto", "Componente", "Qtd", "Perda %", "Versão"], ["MESA", "PE", 4, "5%", None], ["MESA", "COLA", 0.5, None, 1],
                   ["MESA", "PE", 1, None, None], ["TAMPO", "TABUA", "2,25", None, "B"]],
    "previsoes": [["Mês", "Ano", "Grupo", "Produto", "Qtd"], ["nov", 2026, "Todos", "A", 10], ["12/2026", None, "Rede", "A", "1.234"]],
    "grupos": [["Grupo", "CNPJ"], ["Rede", "11.222.333/0001-81"], ["Outro", "12ABC345"]],
    "historico": [["Pedido", "Data", "CNPJ", "Produto", "Qtd", "Valor"], ["1", HOJE, "11222333000181", "A", 1, "R$ 1.234,56"],
                  ["1", HOJE, "529.982.247-25", "A", 2, 3.5], ["2", "03/11/2026", None, "A", -1, None]],
    "separacoes": [["Lote", "Pedido", "Produto", "Saldo", "Expedição"], ["L1", 7.0, "A", 3, HOJE], ["L1", None, "A", 3, None]],
    "pre_separacoes": [["Lote", "Pedido", "Produto", "Quantidade", "Expedição"], ["L1", 7, "A", 3, "24/11/2026"],
                       ["L1", None, "A", 1, None]],
    "pedidos": [["Lote", "Pedido", "Status"], ["L1", 7, "Aberto"], ["L2", None, "faturado"]],
    "carteira": [["Pedido", "Produto", "Lote", "Saldo"], [7, "A", "L1", 3], [7, "B", None, None]],
    "saldos": [["Produto", "Saldo", "Data"], ["A", 10, HOJE], ["B", "1.234,5", "01/11/2026"], ["B", 1000, "15/11/2026"], ["C", 0, HOJE]],
}  # fmt: skip
TABELAS = ("cadastro_palletizacao", "estrutura", "lista_materiais", "previsao_demanda", "grupo_empresarial", "historico_pedidos",
           "separacao", "pre_separacao_item", "pedido", "carteira_principal", "movimentacao_estoque", "auditoria")  # fmt: skip


def retrato(motor: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Cada linha de cada tabela, com a transação que a escreveu: o que não muda não foi gravado."""
    return {t: linhas(motor, f"SELECT id, xmin::text, ctid::text FROM {t} ORDER BY id") for t in TABELAS}


def escritas(motor: Engine) -> list[str]:
    """Os comandos que gravam, daqui em diante."""
    feitos: list[str] = []

    @event.listens_for(motor, "before_cursor_execute")
    def _(_c: Any, _cur: Any, comando: str, *_resto: Any) -> None:
        feitos.append(comando)

    return feitos


@pytest.mark.falha(27)
@pytest.mark.parametrize("tipo", EXEMPLOS)
def test_a_mesma_planilha_duas_vezes_e_a_exportada_de_volta_nao_gravam_linha_nenhuma(tipo: str, motor: Engine, tmp_path: Path) -> None:
    arquivo = xlsx(tmp_path, *EXEMPLOS[tipo])
    simulada = enviar(motor, arquivo, tipo, simular=True)
    assert not any(linhas(motor, f"SELECT 1 FROM {t}") for t in TABELAS)
    primeira = enviar(motor, arquivo, tipo)
    assert not primeira.problemas
    assert primeira.diferenca.contagens() == simulada.diferenca.contagens()
    assert primeira.diferenca.novas
    antes = retrato(motor)
    segunda = enviar(motor, arquivo, tipo)
    assert (segunda.diferenca.escreve, segunda.gravada, segunda.codigo) == (0, True, 0)
    assert segunda.diferenca.iguais
    for formato in ("xlsx", "csv"):
        saida = tmp_path / f"saida.{formato}"
        with motor.connect() as conexao:
            exportacao.exportar(conexao, tipo, saida, formato=formato, fuso=FUSO, hoje=HOJE)
        volta = enviar(motor, saida, tipo, modo="substituir", confirma=True)
        assert (motivos(volta), volta.diferenca.escreve) == ([], 0)
    assert retrato(motor) == antes


@pytest.mark.falha(27)
def test_tudo_ou_nada_e_com_aceitar_validas_entram_as_boas_e_as_ruins_voltam_com_os_motivos(motor: Engine, tmp_path: Path) -> None:
    arquivo = csv(
        tmp_path,
        "Lote;Produto;Saldo;Expedição;Obs",
        "L1;A;10;24/11/2026;boa",
        "L2;B;muito;31/02/2026;ruim",
        "L3;;5;24/11/2026;sem produto",
        "L4;C\x07;5;;controle",
        f"L5;D;1{'0' * 30};;enorme",
        "L1;A;11;24/11/2026;repetida",
        "L6;E;NaN;;nada",
        "L7;F;7;;boa",
    )
    recusada = enviar(motor, arquivo, "separacoes")
    assert (recusada.gravada, recusada.codigo) == (False, 1)
    assert linhas(motor, "SELECT 1 FROM separacao") == []
    assert [p.endereco for p in recusada.problemas] == ["C3", "D3", "B4", "B5", "C6", "linha 7", "C8"]
    assert "C3 (Saldo a expedir): “muito”; esperava um número a partir de 0, como 1.234,56" in motivos(recusada)[0]
    assert "repete a linha 2" in motivos(recusada)[5]
    aceita = enviar(motor, arquivo, "separacoes", aceitar_validas=True)
    assert (aceita.gravada, aceita.codigo, aceita.diferenca.novas) == (True, 1, 2)
    assert linhas(motor, "SELECT separacao_lote_id FROM separacao ORDER BY 1") == [("L1",), ("L7",)]
    volta = tmp_path / "volta.xlsx"
    assert rejeitadas.escrever(volta, aceita.lida) == 6
    relida = enviar(motor, volta, "separacoes", simular=True)
    assert [p.endereco for p in relida.problemas] == ["C2", "D2", "B3", "B4", "C5", "C7"]  # a repetida, sozinha, já não repete
    assert relida.diferenca.mudadas == 1
    assert not [a for a in relida.lida.avisos if "Motivo" in a]
    assert linhas(motor, "SELECT depois->>'rejeitadas', depois->>'arquivo' FROM auditoria") == [("6", "planilha.csv")]


def test_substituir_mostra_o_que_sai_e_so_tira_confirmado(motor: Engine, tmp_path: Path) -> None:
    enviar(motor, csv(tmp_path, "Lote;Status", "L1;aberto", "L2;aberto", "L3;aberto"), "pedidos")
    menor = csv(tmp_path, "Lote;Status", "L1;cotado")
    fica = enviar(motor, menor, "pedidos")
    assert (fica.diferenca.ausentes, len(fica.diferenca.saem), fica.diferenca.mudadas) == (2, 0, 1)
    ditas: list[Diferenca] = []
    desiste = enviar(motor, menor, "pedidos", modo="substituir", ditas=ditas)
    assert (desiste.desistiu, desiste.codigo) == (True, 1)
    assert [e.quem for e in ditas[0].exemplos if e.oque == "sai"] == ["L2", "L3"]
    assert len(linhas(motor, "SELECT 1 FROM pedido")) == 3
    assert len(enviar(motor, menor, "pedidos", modo="substituir", confirma=True).diferenca.saem) == 2
    assert linhas(motor, "SELECT separacao_lote_id, status FROM pedido") == [("L1", "COTADO")]
    assert linhas(motor, "SELECT antes->'saem', quem, acao, tabela FROM auditoria ORDER BY id DESC LIMIT 1") == [
        (["L2", "L3"], "ana", "planilha importar", "pedido")
    ]


def test_o_que_mudou_durante_a_pergunta_nao_sai_sem_ter_sido_dito(motor: Engine, tmp_path: Path) -> None:
    enviar(motor, csv(tmp_path, "Lote;Status", "L1;aberto", "L2;aberto"), "pedidos")
    menor = csv(tmp_path, "Lote;Status", "L1;aberto")

    def confirmar(_: Diferenca) -> bool:
        with motor.begin() as outra:
            outra.execute(text("INSERT INTO pedido (separacao_lote_id, status) VALUES ('L9', 'ABERTO')"))
        return True

    from app.manufatura.planilhas.importacao import Opcoes, importar
    from tests.planilhas.apoio import ANA

    with pytest.raises(MudouEnquantoConfirmava):
        importar(motor, menor, "pedidos", AJUSTES, Opcoes(modo="substituir"), ANA, confirmar)
    assert len(linhas(motor, "SELECT 1 FROM pedido")) == 3


def test_duas_pessoas_ao_mesmo_tempo_dao_o_que_uma_daria(motor: Engine, tmp_path: Path) -> None:
    arquivo = csv(tmp_path, "Lote;Pedido;Produto;Saldo", *(f"L{i};;A;{i + 1}" for i in range(300)))
    contas: list[int] = []
    juntas = threading.Barrier(4)

    def uma() -> None:
        juntas.wait()
        contas.append(enviar(motor, arquivo, "separacoes").diferenca.novas)

    feitas = [threading.Thread(target=uma) for _ in range(4)]
    for f in feitas:
        f.start()
    for f in feitas:
        f.join()
    assert sorted(contas) == [0, 0, 0, 300]
    assert linhas(motor, "SELECT count(*), count(DISTINCT separacao_lote_id) FROM separacao") == [(300, 300)]
    assert len(linhas(motor, "SELECT 1 FROM auditoria")) == 1


def test_o_numero_de_comandos_nao_cresce_com_as_linhas(banco_pg: BancoTeste, tmp_path: Path) -> None:
    motor = banco_pg.motor
    contas = []
    for quantas in (10, 500):
        feitos = escritas(motor)
        enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", *(f"P{i % 50};C{i};1" for i in range(quantas))), "estruturas")
        enviar(motor, csv(tmp_path, "Lote;Produto;Saldo", *(f"L{i};A;1" for i in range(quantas))), "separacoes")
        contas.append(len(feitos))
    assert contas[1] <= contas[0]


# --- cadastro ----------------------------------------------------------------------------------------------------------------------


def test_o_que_uma_pessoa_manda_fica_fixo_e_o_odoo_nao_muda(motor: Engine, tmp_path: Path) -> None:
    with motor.begin() as conexao:
        conexao.execute(text(
            "INSERT INTO odoo_produto (odoo_id, codigo, nome, ativo, compravel, vendavel, fabricado, peso)"
            " VALUES (10, 'PE', 'Pé do Odoo', true, true, false, false, 1)"
        ))  # fmt: skip
        cadastro_fabrica.atualizar(conexao)
    enviar(motor, csv(tmp_path, "Código;Nome;Produzido;Peso;Lead time", "PE;Pé torneado;sim;;4"), "cadastro")
    with motor.begin() as conexao:
        conexao.execute(text("UPDATE odoo_produto SET nome = 'Outro', peso = 2, fabricado = false"))
        cadastro_fabrica.atualizar(conexao)
    consulta = "SELECT nome_produto, produto_produzido, peso_bruto, lead_time_mto, campos_fixados FROM cadastro_palletizacao"
    fixados = ["lead_time_mto", "nome_produto", "produto_produzido"]
    assert linhas(motor, consulta) == [("Pé torneado", True, Decimal(2), 4, fixados)]
    # Exportar, mudar uma célula e importar de volta fixa só ela; "-Coluna" solta.
    enviar(motor, csv(tmp_path, "Código;Nome;Peso;Campos fixados", "PE;Pé torneado;2,5;-Nome do produto"), "cadastro")
    with motor.begin() as conexao:
        cadastro_fabrica.atualizar(conexao)
    assert linhas(motor, consulta) == [("Outro", True, Decimal("2.5"), 4, ["lead_time_mto", "peso_bruto", "produto_produzido"])]


def test_substituir_o_cadastro_nao_tira_o_que_e_do_odoo(motor: Engine, tmp_path: Path) -> None:
    with motor.begin() as conexao:
        conexao.execute(text("INSERT INTO cadastro_palletizacao (cod_produto, odoo_produto_id) VALUES ('DO-ODOO', 1), ('NOSSO', NULL)"))
    feito = enviar(motor, csv(tmp_path, "Código;Nome", "A;a"), "cadastro", modo="substituir", confirma=True)
    assert (feito.diferenca.ausentes, len(feito.diferenca.saem)) == (2, 1)
    assert linhas(motor, "SELECT cod_produto FROM cadastro_palletizacao ORDER BY 1") == [("A",), ("DO-ODOO",)]


@pytest.mark.parametrize(
    ("celula", "motivo"),
    [("501", "inteiro de 0 a 500"), ("-1", "inteiro de 0 a 500"), ("2,5", "inteiro de 0 a 500"), ("dez", "inteiro de 0 a 500")],
)
def test_lead_time_fora_da_faixa_se_recusa(celula: str, motivo: str, motor: Engine, tmp_path: Path) -> None:
    feito = enviar(motor, csv(tmp_path, "Código;Lead time (dias úteis)", f"A;{celula}"), "cadastro")
    assert motivo in motivos(feito)[0]
    assert "B2" in motivos(feito)[0]


@pytest.mark.parametrize(("numero", "outro"), [(7, "007"), (7.0, "007"), ("7.0", "7"), ("mesa", "MESA"), ("0MESA", "MESA")])
def test_o_codigo_que_so_difere_em_zeros_ou_caixa_se_recusa_citando_o_do_cadastro(
    numero: Any, outro: str, motor: Engine, tmp_path: Path
) -> None:
    enviar(motor, csv(tmp_path, "Código;Nome", f"{outro};x"), "cadastro")
    feito = enviar(motor, xlsx(tmp_path, ["Lote", "Produto", "Saldo"], ["L1", numero, 1]), "separacoes")
    assert [p.endereco for p in feito.problemas] == ["B2"]
    assert f"há {outro}" in motivos(feito)[0]


# --- histórico, grupos, previsões --------------------------------------------------------------------------------------------------


def test_o_grupo_vem_do_cnpj_e_muda_com_os_grupos(motor: Engine, tmp_path: Path) -> None:
    vendas = csv(tmp_path, "Pedido;Data;CNPJ;Produto;Qtd;Grupo", "1;03/11/2026;11.222.333/0001-81;A;1;Ignorado", "2;03/11/2026;;A;1;",
                 "3;03/11/2026;12.ABC.345/01DE-35;A;1;", nome="vendas.csv")  # fmt: skip
    enviar(motor, vendas, "historico")
    consulta = "SELECT nome_grupo FROM historico_pedidos ORDER BY num_pedido"
    assert linhas(motor, consulta) == [(None,), (None,), (None,)]
    enviar(motor, csv(tmp_path, "Grupo;CNPJ", "Rede;11.222.333/0001-81", "Nova;12abc345"), "grupos")
    assert linhas(motor, consulta) == [("Rede",), (None,), ("Nova",)]
    assert enviar(motor, vendas, "historico").diferenca.escreve == 0
    enviar(motor, csv(tmp_path, "Grupo;CNPJ;Ativo", "Rede;11222333;não"), "grupos")
    assert linhas(motor, consulta) == [(None,), (None,), ("Nova",)]


def test_a_linha_recusada_do_historico_guarda_o_seu_lugar(motor: Engine, tmp_path: Path) -> None:
    arquivo = csv(tmp_path, "Pedido;Data;Produto;Qtd", "1;03/11/2026;A;10", "1;03/11/2026;A;vinte", "1;03/11/2026;A;30")
    feito = enviar(motor, arquivo, "historico", aceitar_validas=True)
    consulta = "SELECT ocorrencia, qtd_produto_pedido FROM historico_pedidos ORDER BY 1"
    assert linhas(motor, consulta) == [(1, 10), (3, 30)]
    volta = tmp_path / "volta.csv"
    rejeitadas.escrever(volta, feito.lida)
    volta.write_text(volta.read_text("utf-8-sig").replace("vinte", "20"), encoding="utf-8")
    enviar(motor, volta, "historico")
    assert linhas(motor, consulta) == [(1, 10), (2, 20), (3, 30)]
    assert enviar(motor, arquivo.with_name("planilha.csv"), "historico", simular=True).diferenca.iguais == 2


def test_previsao_sem_ano_ou_com_dois_anos_se_recusa_na_celula(motor: Engine, tmp_path: Path) -> None:
    feito = enviar(motor, csv(tmp_path, "Mês;Ano;Produto;Qtd", "11;;A;1", "11/2026;2027;A;1", "13;2026;A;1", "11;2026;A;-1"), "previsoes")
    assert [p.endereco for p in feito.problemas] == ["B2", "A3", "A4", "D5"]


# --- separações --------------------------------------------------------------------------------------------------------------------


def test_data_mudada_sem_substituir_avisa_que_ficam_as_duas(motor: Engine, tmp_path: Path) -> None:
    enviar(motor, csv(tmp_path, "Lote;Produto;Saldo;Expedição", "L1;A;10;04/12/2026"), "separacoes")
    nova = csv(tmp_path, "Lote;Produto;Saldo;Expedição", "L1;A;10;11/12/2026")
    avisa = enviar(motor, nova, "separacoes", simular=True)
    assert any("contadas as duas: L1" in a for a in avisa.lida.avisos)
    enviar(motor, nova, "separacoes", modo="substituir", confirma=True)
    assert linhas(motor, "SELECT expedicao FROM separacao") == [(date(2026, 12, 11),)]


# --- saldos ------------------------------------------------------------------------------------------------------------------------


def movimentos(motor: Engine) -> list[tuple[Any, ...]]:
    return linhas(motor, "SELECT cod_produto, tipo_movimentacao, qtd_movimentacao FROM movimentacao_estoque ORDER BY id")


@pytest.mark.falha(22, 23)
def test_o_saldo_vira_o_movimento_que_falta_ate_o_fim_do_dia_local(motor: Engine, tmp_path: Path) -> None:
    with motor.begin() as conexao:  # 23:59:59 de 24/11 em São Paulo entra no saldo do dia 24; um segundo depois, não
        conexao.execute(text(
            "INSERT INTO movimentacao_estoque (tipo_movimentacao, cod_produto, qtd_movimentacao, data_movimentacao, origem) VALUES"
            " ('ENTRADA_COMPRA', 'A', 7, '2026-11-25 02:59:59+00', 'x'), ('ENTRADA_COMPRA', 'A', 100, '2026-11-25 03:00:00+00', 'x')"
        ))  # fmt: skip
    arquivo = csv(tmp_path, "Produto;Saldo;Data", "A;10;24/11/2026", "B;5;24/11/2026", "C;0;24/11/2026")
    enviar(motor, arquivo, "saldos")
    assert movimentos(motor)[2:] == [("A", "AJUSTE", 3), ("B", "SALDO_INICIAL", 5)]
    assert enviar(motor, arquivo, "saldos").diferenca.contagens()["iguais"] == 3
    assert len(movimentos(motor)) == 4
    feito = enviar(motor, csv(tmp_path, "Produto;Saldo;Data", "A;1;01/11/2026", "B;5;01/12/2026"), "saldos")
    assert ["a partir de 24/11/2026" in motivos(feito)[0], "até hoje" in motivos(feito)[1]] == [True, True]


def test_substituir_a_contagem_zera_o_que_ela_nao_tem(motor: Engine, tmp_path: Path) -> None:
    enviar(motor, csv(tmp_path, "Produto;Saldo;Data", "A;10;24/11/2026", "B;5;24/11/2026"), "saldos")
    contagem = csv(tmp_path, "Produto;Saldo;Data", "A;10;30/11/2026")
    ditas: list[Diferenca] = []
    enviar(motor, contagem, "saldos", modo="substituir", confirma=True, ditas=ditas)
    assert ditas[0].saem == {"B"}
    assert movimentos(motor)[2:] == [("B", "AJUSTE", -5)]
    assert enviar(motor, contagem, "saldos", modo="substituir").diferenca.escreve == 0
    with pytest.raises(DatasDiferentes):
        enviar(motor, csv(tmp_path, "Produto;Saldo;Data", "A;1;30/11/2026", "B;1;29/11/2026"), "saldos", modo="substituir")


def test_com_o_estoque_do_odoo_o_saldo_por_planilha_se_recusa(motor: Engine, tmp_path: Path) -> None:
    with pytest.raises(SaldoVemDoOdoo, match="ESTOQUE_FONTE=odoo"):
        enviar(motor, csv(tmp_path, "Produto;Saldo;Data", "A;1;30/11/2026"), "saldos", ajustes=Ajustes(FUSO, HOJE, "odoo"))


# --- abas --------------------------------------------------------------------------------------------------------------------------


def test_duas_abas_que_servem_pedem_escolha_e_a_de_nome_do_tipo_ganha(motor: Engine, tmp_path: Path) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    def livro(*nomes: str) -> Path:
        arquivo = tmp_path / "abas.xlsx"
        aberto = xlsxwriter.Workbook(str(arquivo))
        for i, nome in enumerate(nomes):
            aba = aberto.add_worksheet(nome)
            aba.write_row(0, 0, ["Lote", "Status"])
            aba.write_row(1, 0, [f"L{i}", "aberto"])
        aberto.close()
        return arquivo

    with pytest.raises(AbaDuvidosa, match="jan, fev"):
        enviar(motor, livro("jan", "fev"), "pedidos")
    assert enviar(motor, livro("jan", "fev"), "pedidos", aba="FEV", simular=True).lida.folha.nome == "fev"
    nome = TIPOS["pedidos"].titulo
    assert enviar(motor, livro("jan", nome), "pedidos", simular=True).lida.folha.nome == nome
