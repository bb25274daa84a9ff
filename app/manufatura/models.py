"""As tabelas do módulo, pelos nomes que a fábrica usa; cada família está em app/manufatura/tabelas."""

from __future__ import annotations

from app.carteira.models import CarteiraPrincipal, PreSeparacaoItem
from app.estoque.models import CadastroPalletizacao, MovimentacaoEstoque, PosicaoEstoque
from app.manufatura.tabelas.compras import LeadTimeFornecedor, PedidoCompras, RequisicaoCompras
from app.manufatura.tabelas.espelho import (
    OdooCapacidade,
    OdooEmpresa,
    OdooInstalacao,
    OdooLocal,
    OdooMoeda,
    OdooMovimento,
    OdooOp,
    OdooParceiro,
    OdooPrecoFornecedor,
    OdooProduto,
    OdooRequisicao,
    OdooUnidade,
    OdooUsuario,
)
from app.manufatura.tabelas.integracao import Auditoria, Aviso, CursorIntegracao, LogIntegracao, RecalculoPendente, RejeicaoIntegracao
from app.manufatura.tabelas.planejamento import (
    CalendarioDia,
    CalendarioExcecao,
    Estrutura,
    GrupoEmpresarial,
    HistoricoPedidos,
    ListaMateriais,
    OrdemExplicacao,
    OrdemProducaoDemanda,
    PlanejamentoPosicao,
    PrevisaoDemanda,
)
from app.manufatura.tabelas.producao import OrdemProducao
from app.pedidos.models import Pedido
from app.separacao.models import Separacao

__all__ = [
    "Auditoria",
    "Aviso",
    "CadastroPalletizacao",
    "CalendarioDia",
    "CalendarioExcecao",
    "CarteiraPrincipal",
    "CursorIntegracao",
    "Estrutura",
    "GrupoEmpresarial",
    "HistoricoPedidos",
    "LeadTimeFornecedor",
    "ListaMateriais",
    "LogIntegracao",
    "MovimentacaoEstoque",
    "OdooCapacidade",
    "OdooEmpresa",
    "OdooInstalacao",
    "OdooLocal",
    "OdooMoeda",
    "OdooMovimento",
    "OdooOp",
    "OdooParceiro",
    "OdooPrecoFornecedor",
    "OdooProduto",
    "OdooRequisicao",
    "OdooUnidade",
    "OdooUsuario",
    "OrdemExplicacao",
    "OrdemProducao",
    "OrdemProducaoDemanda",
    "Pedido",
    "PedidoCompras",
    "PlanejamentoPosicao",
    "PosicaoEstoque",
    "PreSeparacaoItem",
    "PrevisaoDemanda",
    "RecalculoPendente",
    "RejeicaoIntegracao",
    "RequisicaoCompras",
    "Separacao",
]
