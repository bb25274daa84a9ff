"""As empresas de que há dados guardados e que o usuário da integração deixou de ver no Odoo."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.manufatura.fontes.contexto import Contexto
from app.manufatura.services import avisos

SEM_ACESSO = "empresa_sem_acesso"
MENSAGEM = (
    "O usuário da integração deixou de ver a empresa {nome} no Odoo: o que é dela está guardado como estava e não é mais atualizado."
    " Devolva o acesso em Configurações → Usuários → Empresas permitidas."
)

_PERDIDAS = text("""
    SELECT c.empresa_id, coalesce(e.nome, '#' || c.empresa_id) AS nome
    FROM (SELECT DISTINCT empresa_id FROM cursor_integracao WHERE empresa_id <> 0) c LEFT JOIN odoo_empresa e ON e.odoo_id = c.empresa_id
    WHERE c.empresa_id <> ALL(:empresas) ORDER BY c.empresa_id""")


def avisar_empresas(conexao: Connection, contexto: Contexto) -> None:
    """Abre um aviso por empresa perdida, e fecha o da que voltou. O que é dela fica guardado como estava.

    Com ODOO_EMPRESAS escolhendo só parte das que se veem, a que ficou de fora foi deixada de propósito: não se avisa.
    """
    perdidas = [] if contexto.restringe_empresas else conexao.execute(_PERDIDAS, {"empresas": list(contexto.empresas)}).all()
    vigentes = [(str(r.empresa_id), MENSAGEM.format(nome=r.nome), {"empresa_id": r.empresa_id}) for r in perdidas]
    avisos.sincronizar(conexao, SEM_ACESSO, vigentes, severidade="critico")
