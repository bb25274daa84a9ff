"""Os tipos de planilha: `TIPOS`, nome → Tipo. Identidades e regras: dados.md; cada lista de sinônimos é o que ERPs e pessoas escrevem."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from app.banco.base import tabela
from app.estoque.models import CadastroPalletizacao, MovimentacaoEstoque
from app.manufatura.models import (
    CarteiraPrincipal,
    Estrutura,
    GrupoEmpresarial,
    HistoricoPedidos,
    Pedido,
    PreSeparacaoItem,
    PrevisaoDemanda,
    Separacao,
)
from app.manufatura.planilhas import celulas
from app.manufatura.planilhas import colunas as c
from app.manufatura.planilhas.celulas import CelulaInvalida, Leitura
from app.manufatura.planilhas.datas import mes
from app.manufatura.planilhas.tipos import Coluna, Tipo, simplificar
from app.manufatura.planilhas.valores import Valor

DISPAROS = {"mto": "MTO", "mts": "MTS", "sob encomenda": "MTO", "para estoque": "MTS"}
STATUS_PEDIDO = {s.lower(): s for s in ("ABERTO", "COTADO", "EMBARCADO", "FATURADO", "CANCELADO")}
STATUS_ESTRUTURA = {"ativo": "ativo", "ativa": "ativo", "inativo": "inativo", "inativa": "inativo"}
NAO, SIM = "false", "true"
# O nome do cadastro, numa linha nova que não o traz.
DO_CADASTRO = " LEFT JOIN cadastro_palletizacao p ON p.cod_produto = f.cod_produto"
GRUPO_DO_CNPJ = " LEFT JOIN grupo_empresarial g ON g.ativo AND length({cnpj_cliente}) = 14 AND g.prefixo_cnpj = left({cnpj_cliente}, 8)"

_CADASTRO = (
    c.produto(),
    c.texto("nome_produto", "Nome do produto", "O nome do produto", conserva=True, largura=36, exemplo="Mesa 4 lugares",
            sinonimos=("nome", "descrição", "descrição do produto", "descricao produto")),
    c.texto("unidade", "Unidade", "A unidade em que o produto é contado", conserva=True, exemplo="UN",
            sinonimos=("un", "und", "u.m.", "um", "unid", "unidade de medida", "uom")),
    c.logico("produto_comprado", "Comprado", "Se o produto é comprado: sim ou não", conserva=True, nova=NAO, exemplo="não",
             sinonimos=("comprado?", "é comprado", "compra")),
    c.logico("produto_produzido", "Produzido", "Se o produto é feito aqui: sim ou não", conserva=True, nova=NAO, exemplo="sim",
             sinonimos=("produzido?", "é produzido", "fabricado", "produção", "manufaturado")),
    c.logico("produto_vendido", "Vendido", "Se o produto é vendido: sim ou não", conserva=True, nova=NAO, exemplo="sim",
             sinonimos=("vendido?", "é vendido", "venda")),
    c.opcao("disparo_producao", "Disparo da produção", "MTO (sob encomenda) ou MTS (para estoque)", DISPAROS, conserva=True, exemplo="MTO",
            sinonimos=("disparo", "mto/mts", "mto mts", "política", "tipo de produção")),
    c.inteiro("lead_time_mto", "Lead time (dias úteis)", "Dias úteis para produzir, de 0 a 500", 0, 500, conserva=True, exemplo=3,
              sinonimos=("lead time", "lead time mto", "leadtime", "lt", "prazo de produção", "dias úteis", "prazo")),
    c.dinheiro("custo_produto", "Custo", "O custo de uma unidade, em reais", minimo=c.ZERO, conserva=True, exemplo=450,
               sinonimos=("custo do produto", "custo unitário", "custo r$", "preço de custo")),
    c.numero("palletizacao", "Paletização", "Unidades por palete", positivo=True, conserva=True, exemplo=12,
             sinonimos=("palletizacao", "palletização", "unidades por palete", "qtd por pallet", "un/pallet", "qtd palete")),
    c.numero("peso_bruto", "Peso bruto (kg)", "O peso bruto de uma unidade, em kg", minimo=c.ZERO, ponto_duvidoso=True, conserva=True,
             exemplo=28.5, sinonimos=("peso", "peso bruto", "peso kg")),
    c.logico("ativo", "Ativo", "Se o produto está em uso: sim ou não", conserva=True, nova=SIM, exemplo="sim", sinonimos=("ativo?",)),
)  # fmt: skip
FIXAVEIS = tuple(coluna.nome for coluna in _CADASTRO[1:])


def _campos_fixados(valor: Valor, _: Leitura) -> list[str]:
    """'Nome do produto, -Unidade' → ['nome_produto', '-unidade']: a fixar, e com '-' a soltar (o Odoo volta a mandar)."""
    nomes = {simplificar(t): col.nome for col in _CADASTRO[1:] for t in (col.nome, col.titulo)}
    achados = []
    for parte in re.split(r"[,;\n]+", celulas.texto(valor)):
        limpo = parte.strip()
        if not limpo:
            continue
        nome = nomes.get(simplificar(limpo.lstrip("-")))
        if nome is None:
            raise CelulaInvalida(f"títulos de colunas separados por vírgula (não há “{limpo}”)")
        achados.append(f"-{nome}" if limpo.startswith("-") else nome)
    return achados


def _fixados(presentes: Collection[str]) -> dict[str, str]:
    """O que uma pessoa manda fica fixo, e a importação do Odoo não o muda mais.

    Sem a coluna "Campos fixados", fixa tudo o que veio preenchido. Com ela (é o que a exportação dá), fixa o que ela lista e o que
    mudou: exportar, mudar uma célula e importar não fixa a planilha inteira.
    """
    com_lista = "campos_fixados" in presentes
    casos = [
        f"CASE WHEN f.{n} IS NOT NULL{f' AND f.{n} IS DISTINCT FROM d.{n}' if com_lista else ''} THEN '{n}' END"
        for n in FIXAVEIS
        if n in presentes
    ]
    listados = "SELECT x FROM unnest(f.campos_fixados) x WHERE x NOT LIKE '-%'" if com_lista else "SELECT NULL WHERE false"
    soltos = "('-' || x) <> ALL(coalesce(f.campos_fixados, '{}'))" if com_lista else "true"
    novo = f"""(SELECT coalesce(array_agg(x ORDER BY x), '{{}}') FROM (
        SELECT unnest(d.campos_fixados) AS x UNION SELECT unnest(ARRAY[{", ".join(casos)}]::text[]) UNION {listados}) u
        WHERE x IS NOT NULL AND {soltos})"""  # noqa: S608 - só nomes de colunas
    return {"campos_fixados": f"CASE WHEN {novo} @> d.campos_fixados AND d.campos_fixados @> {novo} THEN d.campos_fixados ELSE {novo} END"}


CADASTRO = Tipo(
    "cadastro",
    "Cadastro de produtos",
    "Produtos como a fábrica os vê: comprado, produzido, MTO ou MTS, lead time.",
    tabela(CadastroPalletizacao),
    (
        *_CADASTRO,
        Coluna("campos_fixados", "Campos fixados", _campos_fixados, "Colunas que a importação do Odoo não muda; -Coluna solta uma",
               conserva=True, largura=30),
    ),
    chave=("cod_produto",),
    calculadas=_fixados,
    pode_sair="d.odoo_produto_id IS NULL",
    produtos=(),
    notas=(
        "O que você preencher fica fixo: a importação do Odoo não muda mais essas células. Célula vazia não muda nada.",
        "Na coluna “Campos fixados”, “-Unidade” devolve a unidade ao Odoo.",
    ),
)  # fmt: skip

GRUPOS = Tipo(
    "grupos",
    "Grupos empresariais",
    "A que grupo pertence cada cliente, pelos 8 primeiros caracteres do CNPJ.",
    tabela(GrupoEmpresarial),
    (
        c.texto("nome_grupo", "Grupo", "O nome do grupo", obrigatoria=True, exemplo="Rede Sul", largura=30,
                sinonimos=("grupo empresarial", "nome do grupo", "nome", "cliente")),
        Coluna("prefixo_cnpj", "Prefixo do CNPJ", lambda v, _: celulas.prefixo(v), "Os 8 primeiros caracteres do CNPJ, ou o CNPJ inteiro",
               obrigatoria=True, exemplo="12345678", sinonimos=("prefixo", "cnpj", "raiz do cnpj", "raiz cnpj", "cnpj raiz", "cnpj base")),
        c.logico("ativo", "Ativo", "Se o grupo vale: sim ou não", conserva=True, nova=SIM, exemplo="sim"),
    ),
    chave=("prefixo_cnpj",),
    produtos=(),
    notas=("Ao mudar os grupos, o histórico de pedidos é reclassificado na hora.",),
)  # fmt: skip

ESTRUTURAS = Tipo(
    "estruturas",
    "Estruturas de produto",
    "De que componentes é feito cada produto: uma linha por componente.",
    tabela(Estrutura),
    (
        c.codigo("cod_produto_produzido", "Produto", "O código do produto que se faz", obrigatoria=True, exemplo="MESA-01",
                 sinonimos=("código do produto", "cod produto", "produto código", "produto acabado", "produto pai", "pai", "código pai",
                            "cod pai", "item pai", "produto produzido")),
        c.codigo("cod_produto_componente", "Componente", "O código do componente", obrigatoria=True, exemplo="TAMPO-01",
                 sinonimos=("código do componente", "cod componente", "componente código", "insumo", "material", "matéria-prima", "filho",
                            "código filho", "cod filho", "item filho", "código do insumo")),
        c.numero("qtd_utilizada", "Quantidade", "Quanto do componente vai na quantidade-base do produto", positivo=True,
                 ponto_duvidoso=True, obrigatoria=True, exemplo=1,
                 sinonimos=("qtd", "qtde", "quant", "qtd utilizada", "quantidade utilizada", "consumo", "qtd componente",
                            "componente quantidade", "componente qtd", "quantidade por unidade")),
        c.percentual("perda_percentual", "Perda %", "A perda em %, como 5% ou 2,5", padrao=c.ZERO, exemplo=0,
                     sinonimos=("perda", "% perda", "% de perda", "perda percentual", "refugo", "refugo %", "componente perda")),
        c.codigo("versao", "Versão", "A versão da estrutura; vazia é 1", padrao="1", exemplo="1", sinonimos=("rev", "revisão", "v")),
        c.numero("qtd_base", "Quantidade-base", "Quanto do produto uma estrutura faz; vazia é 1", positivo=True, ponto_duvidoso=True,
                 exemplo=1, sinonimos=("qtd base", "base", "rendimento", "quantidade base", "lote base")),
        c.logico("fantasma", "Fantasma", "Se o produto se dissolve nos componentes, sem estoque nem ordem: sim ou não", exemplo="não",
                 sinonimos=("fantasma?", "kit", "phantom")),
        c.data("valido_de", "Válida de", "A primeira data em que vale; vazia, desde sempre",
               sinonimos=("válido de", "início da validade", "início", "de", "vigência início", "data início")),
        c.data("valido_ate", "Válida até", "A última data em que vale; vazia, sem fim",
               sinonimos=("válido até", "fim da validade", "fim", "até", "vigência fim", "data fim", "validade")),
        c.opcao("status", "Status", "ativo ou inativo; vazio é ativo", STATUS_ESTRUTURA, exemplo="ativo", sinonimos=("situação", "estado")),
    ),
    chave=("cod_produto_produzido", "versao"),
    repete=True,
    produtos=("cod_produto_produzido", "cod_produto_componente"),
    so_exporta={"Nome do produto": "", "Nome do componente": "", "Unidade do componente": ""},
    notas=(
        "Uma linha por componente. Quantidade-base, fantasma, validade e status são da estrutura inteira: basta escrevê-los na primeira.",
        "A estrutura (produto e versão) entra inteira: um componente que estava nela e não está aqui sai dela.",
        "Duas linhas do mesmo componente somam.",
    ),
)  # fmt: skip


def _mes(valor: Valor, _: Leitura) -> tuple[int, int | None]:
    return mes(valor)


PREVISOES = Tipo(
    "previsoes",
    "Previsões de demanda",
    "Quanto se espera vender de cada produto em cada mês.",
    tabela(PrevisaoDemanda),
    (
        Coluna("data_mes", "Mês", _mes, "O mês: 11, novembro, ou 11/2026", "inteiro", ("data", "mes", "competência", "período", "mês/ano",
               "mês ref", "mês de referência"), obrigatoria=True, exemplo=11),
        c.inteiro("data_ano", "Ano", "O ano, se o mês não o diz", 2000, 2200, exemplo=2026, sinonimos=("exercício",)),
        c.texto("nome_grupo", "Grupo", "O grupo de clientes; vazio, todos", exemplo="Rede Sul", largura=24,
                sinonimos=("grupo empresarial", "nome do grupo", "cliente", "grupo cliente")),
        c.produto(),
        c.nome_produto(nova="p.nome_produto"),
        c.numero("qtd_demanda_prevista", "Quantidade prevista", "Quanto se espera vender no mês", minimo=c.ZERO, obrigatoria=True,
                 exemplo=120, sinonimos=("qtd", "qtde", "quantidade", "previsão", "qtd prevista", "demanda prevista", "previsto",
                                         "demanda", "qtd demanda")),
        c.opcao("disparo_producao", "Disparo da produção", "MTO ou MTS", DISPAROS, conserva=True, sinonimos=("disparo", "mto/mts")),
    ),
    chave=("data_ano", "data_mes", "cod_produto", "nome_grupo"),
    vazias=("nome_grupo",),
    junta=DO_CADASTRO,
    so_exporta={"Quantidade realizada": "d.qtd_demanda_realizada"},
    notas=("Grupo vazio (ou “todos”) é a previsão de todos os clientes juntos; não some com as dos grupos.",),
)  # fmt: skip

HISTORICO = Tipo(
    "historico",
    "Histórico de pedidos",
    "As vendas feitas, uma linha por linha de pedido: a demanda realizada sai daqui.",
    tabela(HistoricoPedidos),
    (
        c.pedido(obrigatoria=True),
        c.data("data_pedido", "Data do pedido", "A data do pedido", obrigatoria=True, exemplo=date(2026, 11, 24),
               sinonimos=("data", "emissão", "data de emissão", "dt pedido", "dt emissão", "data venda")),
        Coluna("cnpj_cliente", "CNPJ do cliente", lambda v, _: celulas.documento(v), "O CNPJ (ou CPF) do cliente",
               exemplo="11.222.333/0001-81",
               sinonimos=("cnpj", "cnpj/cpf", "cpf/cnpj", "cnpj cliente", "documento"), largura=20),
        c.texto("raz_social_red", "Cliente", "O nome curto do cliente", sinonimos=("razão social", "raz social red", "nome do cliente",
                "cliente nome", "razão social reduzida", "nome fantasia"), largura=30, exemplo="Móveis Sul"),
        c.texto("vendedor", "Vendedor", "O vendedor", sinonimos=("representante",)),
        c.texto("equipe_vendas", "Equipe de vendas", "A equipe de vendas", sinonimos=("equipe", "time de vendas")),
        c.texto("incoterm", "Incoterm", "O incoterm (CIF, FOB)", sinonimos=("frete", "tipo de frete")),
        c.texto("nome_cidade", "Cidade", "A cidade do cliente", sinonimos=("município", "nome da cidade")),
        c.texto("cod_uf", "UF", "O estado do cliente", sinonimos=("estado", "sigla uf")),
        c.produto(),
        c.nome_produto(nova="p.nome_produto"),
        c.numero("qtd_produto_pedido", "Quantidade", "A quantidade vendida; devolução é negativa", obrigatoria=True, exemplo=10,
                 sinonimos=("qtd", "qtde", "quant", "qtd produto pedido", "qtd vendida", "quantidade vendida", "qtd pedido")),
        c.dinheiro("preco_produto_pedido", "Preço", "O preço de uma unidade", sinonimos=("preço unitário", "valor unitário", "vl unit",
                   "preço unit"), exemplo=900),
        c.dinheiro("valor_produto_pedido", "Valor", "O valor da linha", sinonimos=("valor total", "total", "vl total", "valor produto"),
                   exemplo=9000),
        c.dinheiro("icms_produto_pedido", "ICMS", "O ICMS da linha", sinonimos=("valor icms", "vl icms")),
        c.dinheiro("pis_produto_pedido", "PIS", "O PIS da linha", sinonimos=("valor pis", "vl pis")),
        c.dinheiro("cofins_produto_pedido", "COFINS", "A COFINS da linha", sinonimos=("valor cofins", "vl cofins")),
        c.inteiro("ocorrencia", "Ocorrência", "A enésima linha do mesmo pedido e produto; vazia, conta-se pela ordem", 1, 99_999,
                  sinonimos=("seq", "sequência")),
    ),
    chave=("num_pedido", "cod_produto", "ocorrencia"),
    calculadas=lambda _: {"nome_grupo": "g.nome_grupo"},
    junta=DO_CADASTRO + GRUPO_DO_CNPJ,
    travas=(tabela(GrupoEmpresarial),),
    so_exporta={"Grupo": "d.nome_grupo"},
    repete=True,
    notas=(
        "Duas linhas do mesmo pedido e produto são duas vendas, contadas na ordem da planilha.",
        "O grupo do cliente vem da planilha de grupos, pelo CNPJ; uma coluna Grupo aqui não é lida.",
    ),
)  # fmt: skip

SEPARACOES = Tipo(
    "separacoes",
    "Separações",
    "O que sai em cada lote: a demanda que vira ordem sob encomenda.",
    tabela(Separacao),
    (
        c.lote(obrigatoria=True),
        c.pedido(),
        c.produto(),
        c.numero("qtd_saldo", "Saldo a expedir", "Quanto falta expedir", minimo=c.ZERO, obrigatoria=True, exemplo=10,
                 sinonimos=("saldo", "qtd saldo", "qtd", "qtde", "quantidade", "saldo expedir", "quantidade a expedir")),
        c.data("expedicao", "Expedição", "A data em que sai", exemplo=date(2026, 11, 24),
               sinonimos=("data de expedição", "data expedição", "dt expedição", "data", "embarque", "data de embarque", "data saída")),
    ),
    chave=("separacao_lote_id", "num_pedido", "cod_produto", "expedicao"),
    vazias=("num_pedido", "expedicao"),
    notas=(
        "A data faz parte da identidade: mudar a data de um lote sem --modo substituir cria outra linha, e a antiga fica.",
    ),
)  # fmt: skip

PRE_SEPARACOES = Tipo(
    "pre_separacoes",
    "Pré-separações",
    "O que alguém escolheu separar e ainda não separou.",
    tabela(PreSeparacaoItem),
    (
        c.lote(obrigatoria=True),
        c.pedido(),
        c.produto(),
        c.numero("qtd_selecionada_usuario", "Quantidade escolhida", "Quanto se escolheu separar", minimo=c.ZERO, obrigatoria=True,
                 exemplo=10, sinonimos=("qtd", "qtde", "quantidade", "qtd selecionada", "quantidade selecionada", "saldo")),
        c.data("data_expedicao_editada", "Expedição", "A data em que deve sair", exemplo=date(2026, 11, 24),
               sinonimos=("data de expedição", "data expedição", "dt expedição", "data", "embarque", "data expedição editada")),
    ),
    chave=("separacao_lote_id", "num_pedido", "cod_produto", "data_expedicao_editada"),
    vazias=("num_pedido", "data_expedicao_editada"),
    notas=SEPARACOES.notas,
)  # fmt: skip

PEDIDOS = Tipo(
    "pedidos",
    "Pedidos de venda",
    "O estado do pedido em cada lote: diz se a demanda do lote ainda vale.",
    tabela(Pedido),
    (
        c.lote(obrigatoria=True),
        c.pedido(),
        c.opcao("status", "Status", "ABERTO, COTADO, EMBARCADO, FATURADO ou CANCELADO", STATUS_PEDIDO, obrigatoria=True, exemplo="ABERTO",
                sinonimos=("situação", "estado", "status do pedido")),
    ),
    chave=("separacao_lote_id", "num_pedido"),
    vazias=("num_pedido",),
    produtos=(),
    notas=("Número do pedido vazio vale para o lote inteiro.",),
)  # fmt: skip

CARTEIRA = Tipo(
    "carteira",
    "Carteira de pedidos",
    "A carteira: um produto de um pedido de venda, com o lote e o saldo.",
    tabela(CarteiraPrincipal),
    (
        c.pedido(obrigatoria=True),
        c.produto(),
        c.lote(),
        c.numero("qtd_saldo_produto_pedido", "Saldo do pedido", "Quanto falta entregar", minimo=c.ZERO, exemplo=10,
                 sinonimos=("saldo", "qtd saldo", "qtd", "qtde", "quantidade", "saldo produto", "qtd saldo produto")),
    ),
    chave=("num_pedido", "cod_produto", "separacao_lote_id"),
    vazias=("separacao_lote_id",),
    notas=("A ordem de produção que atende a linha é o planejamento que põe.",),
)  # fmt: skip

SALDOS = Tipo(
    "saldos",
    "Saldos de estoque",
    "O saldo contado de cada produto numa data. Para fábricas com ESTOQUE_FONTE=movimentos.",
    tabela(MovimentacaoEstoque),
    (
        c.produto(),
        c.numero("saldo", "Saldo", "O saldo contado", minimo=c.ZERO, obrigatoria=True, exemplo=30,
                 sinonimos=("qtd", "qtde", "quantidade", "estoque", "saldo atual", "saldo em estoque", "contagem", "qtd contada")),
        c.data("data", "Data", "O dia a que o saldo se refere, no fim do dia", obrigatoria=True, exemplo=date(2026, 11, 24),
               sinonimos=("data da contagem", "data do saldo", "dt contagem", "data inventário", "data do inventário")),
    ),
    chave=("cod_produto", "data"),
    notas=(
        "O saldo é o do fim do dia da data. A diferença para o que os movimentos somam vira um movimento SALDO_INICIAL ou AJUSTE.",
        "Com --modo substituir, o produto que tem saldo e não está na planilha vai a zero na data dela.",
    ),
)  # fmt: skip

TIPOS: dict[str, Tipo] = {
    t.nome: t for t in (CADASTRO, ESTRUTURAS, PREVISOES, GRUPOS, HISTORICO, SEPARACOES, PRE_SEPARACOES, PEDIDOS, CARTEIRA, SALDOS)
}


def nulo_de_todos(valor: Any) -> Any:
    """O grupo "todos" é o vazio."""
    return None if isinstance(valor, str) and celulas.chave(valor) in {"todos", "todos grupos", "todos os grupos", "geral"} else valor
