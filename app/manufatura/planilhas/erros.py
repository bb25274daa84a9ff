"""O que impede uma planilha inteira de ser lida ou gravada; o que é de uma célula só está em problemas.py."""

from __future__ import annotations

from typing import ClassVar

from app.erros import ErroManufatura


class ErroPlanilha(ErroManufatura):
    """A planilha não pôde ser usada: {motivo}."""

    codigo_saida: ClassVar[int] = 1


class ArquivoIlegivel(ErroPlanilha):
    """Não consegui ler {arquivo}: {motivo}."""


class ArquivoNaoEscrito(ErroPlanilha):
    """Não consegui escrever {arquivo}: {motivo}. Confira a pasta, o espaço em disco, e se o arquivo não está aberto em outro programa."""


class FormatoDesconhecido(ErroPlanilha):
    """{arquivo} não é uma planilha que eu leia ({motivo}). Salve-o como XLSX, ou como CSV separado por ponto e vírgula."""


class PlanilhaGrandeDemais(ErroPlanilha):
    """{arquivo} passa do limite: {motivo}. Divida-o em partes, ou apague o que sobra fora da tabela."""


class SemCabecalho(ErroPlanilha):
    """Não achei a linha de títulos em {onde}: falta {faltam}. {achados}Gere um modelo com `manufatura planilha modelo {tipo}`."""


class TituloRepetido(ErroPlanilha):
    """Em {onde}, {primeira} e {segunda} são as duas a coluna {coluna}. Deixe uma só, ou mude o título da outra."""


class AbaDuvidosa(ErroPlanilha):
    """{arquivo} tem mais de uma aba que serve ({abas}). Diga qual com --aba."""


class AbaAusente(ErroPlanilha):
    """{arquivo} não tem a aba {aba}; as que há são {abas}."""


class SemLinhas(ErroPlanilha):
    """{arquivo} tem os títulos e nenhuma linha de dados."""


class SaldoVemDoOdoo(ErroPlanilha):
    """Com ESTOQUE_FONTE=odoo o saldo é o do Odoo, e um saldo por planilha não seria usado. Acerte o inventário lá, ou, se esta
    fábrica controla o estoque aqui, ponha ESTOQUE_FONTE=movimentos."""

    codigo_saida: ClassVar[int] = 2


class MudouEnquantoConfirmava(ErroPlanilha):
    """Nada foi gravado: enquanto você confirmava, outra pessoa ou uma importação mudou {tabela}, e as linhas que sairiam são outras.
    Rode de novo."""


class ArquivoJaExiste(ErroPlanilha):
    """{arquivo} já existe. Escolha outro nome, ou use --sobrescrever."""

    codigo_saida: ClassVar[int] = 2


class NaoCabeEmXlsx(ErroPlanilha):
    """São {linhas} linhas, e um XLSX guarda até {limite}. Exporte como CSV."""

    codigo_saida: ClassVar[int] = 2
