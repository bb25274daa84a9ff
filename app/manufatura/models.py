"""As tabelas do módulo, pelos nomes que a fábrica usa; cada família está em app/manufatura/tabelas."""

from __future__ import annotations

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
from app.manufatura.tabelas.producao import OrdemProducao

__all__ = [
    "Auditoria",
    "Aviso",
    "CadastroPalletizacao",
    "CursorIntegracao",
    "LeadTimeFornecedor",
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
    "OrdemProducao",
    "PedidoCompras",
    "PosicaoEstoque",
    "RecalculoPendente",
    "RejeicaoIntegracao",
    "RequisicaoCompras",
]
