"""O que se faz nos cadastros: produtos, parceiros, usuários, módulos; e o que um administrador estraga (campo retirado, modelo ausente)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.demo.odoo_simulado.acessos import Acessos, Credencial, Regra
from app.demo.odoo_simulado.atos_producao import AtosProducao
from app.demo.odoo_simulado.esquema import Campo

MODULOS_PADRAO = (
    "base",
    "product",
    "uom",
    "stock",
    "purchase",
    "purchase_stock",
    "purchase_requisition",
    "mrp",
    "sale_management",
    "l10n_br",
)
# módulo → modelos que somem com ele
_MODELOS_DE = {
    "mrp": ("mrp.bom", "mrp.bom.line", "mrp.production", "mrp.unbuild", "mrp.production.group"),
    "purchase_requisition": ("purchase.requisition", "purchase.requisition.line", "purchase.requisition.type"),
    "purchase": ("purchase.order", "purchase.order.line", "purchase.requisition", "purchase.requisition.line"),
    "stock": ("stock.move", "stock.move.line", "stock.picking", "stock.picking.type", "stock.location", "stock.quant", "stock.warehouse"),
    "purchase_request": ("purchase.request", "purchase.request.line"),
}


class AtosCadastro(AtosProducao):
    """Produtos, parceiros, usuários e módulos."""

    acessos: Acessos

    def criar_produto(self, nome: str, codigo: str | bool = False, *, servico: bool = False, **outros: Any) -> int:
        """Um produto estocável (ou serviço); devolve o id de product.product."""
        tipo: dict[str, Any] = (
            {"type": "service"} if servico else {"type": "product"} if self.antigo else {"type": "consu", "is_storable": True}
        )
        return self.criar("product.product", {"name": nome, "default_code": codigo, **tipo, **outros})

    def criar_parceiro(self, nome: str, **outros: Any) -> int:
        return self.criar("res.partner", {"name": nome, "is_company": True, **outros})

    def arquivar_produto(self, produto: int, ativo: bool = False) -> None:
        self.escrever("product.product", produto, {"active": ativo})

    def renomear_template(self, template: int, nome: str) -> None:
        """Muda o nome no template: na 14 o write_date do produto não se move."""
        self.escrever("product.template", template, {"name": nome})

    def renomear_produto(self, produto: int, nome: str) -> None:
        self.renomear_template(self.exigir("product.product", produto)["product_tmpl_id"], nome)

    def mudar_codigo(self, produto: int, codigo: str | bool) -> None:
        self.escrever("product.product", produto, {"default_code": codigo})

    # --- usuários -------------------------------------------------------------------------------------------------------------
    def criar_usuario(
        self,
        login: str,
        senha: str,
        *,
        direitos: Mapping[str, str] | None = None,
        tudo: bool = False,
        chave: str | None = None,
        empresas: tuple[int, ...] | None = None,
    ) -> int:
        """Um usuário interno; `direitos` é modelo → letras de r, w, c, u (além do que todo usuário lê). `tudo=True` é administrador."""
        nomes = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
        with self.transacao():
            parceiro = self.criar("res.partner", {"name": login})
            das = empresas or (self.refs["empresa"],)
            uid = self.inserir_cru(
                "res.users", {"login": login, "partner_id": parceiro, "active": True, "company_id": das[0], "company_ids": tuple(das)}
            )
        permitidos = None if tudo else {m: frozenset(nomes[x] for x in letras) for m, letras in (direitos or {}).items()}
        self.acessos.credenciais[uid] = Credencial(uid, login, senha, direitos=permitidos)
        if chave:
            self.acessos.criar_chave(uid, chave)
        return uid

    def credencial(self, login: str) -> Credencial:
        return next(c for c in self.acessos.credenciais.values() if c.login == login)

    def negar(self, login: str, modelo: str, operacao: str = "read") -> None:
        """Tira do usuário um direito sobre um modelo (AccessError com o nome do modelo)."""
        self.credencial(login).negados.add((modelo, operacao))

    def permitir(self, login: str, modelo: str, operacao: str = "read") -> None:
        self.credencial(login).negados.discard((modelo, operacao))

    def negar_campo(self, login: str, modelo: str, campo: str) -> None:
        """Esconde um campo do usuário, como um grupo no campo."""
        self.credencial(login).campos_negados.add((modelo, campo))

    def regra(self, modelo: str, dominio: list[Any], *, login: str | None = None, nome: str = "regra") -> None:
        """Regra de registro: o usuário (ou todos) só vê o que o domínio deixa."""
        self.acessos.regras.append(Regra(nome, modelo, tuple(dominio), self.credencial(login).uid if login else None))

    def mudar_senha(self, login: str, senha: str) -> None:
        self.credencial(login).senha = senha

    # --- módulos e customizações ----------------------------------------------------------------------------------------------
    def instalar(self, modulo: str) -> None:
        """Instala um módulo (purchase_request da OCA)."""
        from app.demo.odoo_simulado.esquema import esquema

        completo = esquema(self.versao)
        for nome in _MODELOS_DE.get(modulo, ()):
            if nome in completo:
                self.esquema[nome] = completo[nome]
        with self.transacao():
            if not any(x["name"] == modulo for x in self.linhas("ir.module.module")):
                self.inserir_cru("ir.module.module", {"name": modulo, "state": "installed"})

    def desinstalar(self, modulo: str) -> None:
        """Desinstala: os modelos do módulo deixam de existir."""
        for nome in _MODELOS_DE.get(modulo, ()):
            self.esquema.pop(nome, None)
        with self.transacao():
            for x in self.linhas("ir.module.module"):
                if x["name"] == modulo:
                    self.escrever_cru("ir.module.module", x["id"], {"state": "uninstalled"})

    def retirar_modelo(self, modelo: str) -> None:
        self.esquema.pop(modelo, None)

    def retirar_campo(self, modelo: str, campo: str) -> None:
        """Uma customização tirou o campo: some de fields_get, e lê-lo é erro (os dados ficam nas linhas)."""
        self.esquema[modelo].campos.pop(campo)
        self._brancos.pop(modelo, None)

    def repor_campo(self, modelo: str, campo: str) -> None:
        from app.demo.odoo_simulado.esquema import esquema

        definicao = self.esquema[modelo].campos[campo] = esquema(self.versao)[modelo].campos[campo]
        self._brancos.pop(modelo, None)
        if campo in self.em_branco(modelo):
            for linha in self.tabelas[modelo].values():  # as criadas sem ele ganham o vazio
                linha.setdefault(campo, definicao.vazio)

    def mudar_tipo(self, modelo: str, campo: str, tipo: str) -> None:
        """Um campo de outro tipo (só na descrição: os valores ficam como estavam)."""
        antigo = self.esquema[modelo].campos[campo]
        self.esquema[modelo].campos[campo] = Campo(
            campo, tipo, antigo.gravado, antigo.obrigatorio, antigo.relacao, antigo.inverso, antigo.selecao
        )
