"""A `OdooIntegration` da primeira versão do programa, com os mesmos atributos, por cima do ClienteOdoo.

O que mudou por baixo: há prazo em toda chamada, a porta é escolhida sozinha, os erros têm nome, e `password` não é texto
legível (só serve para ser devolvida a esta mesma fachada).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from app.config import obter_config
from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo
from app.odoo.erros import CredenciaisRecusadas


class SenhaGuardada:
    """Uma ficha que vale pela senha sem a conter: não há o que ler nela, nem em um despejo de memória dos seus campos."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "**********"

    __str__ = __repr__

    def __reduce__(self) -> tuple[type[SenhaGuardada], tuple[()]]:
        return (SenhaGuardada, ())


class OdooIntegration:
    """Conexão com o Odoo: url, db_name, username, password, uid, common e models, como sempre foram.

    Sem argumento lê a configuração (ODOO_URL…). Conecta no primeiro uso de `uid`, `common` ou `models`, e não ao construir.
    Erros: OdooNaoConfigurado ao construir; os de ErroOdoo ao usar.
    """

    def __init__(self, conexao: ConexaoOdoo | None = None) -> None:
        self._conexao = conexao if conexao is not None else ConexaoOdoo.de_config(obter_config())
        self._cliente: ClienteOdoo | None = None
        self.url = self._conexao.url
        self.db_name = self._conexao.banco
        self.username = self._conexao.usuario
        self.password = SenhaGuardada()
        self.common = _Comum(self)
        self.models = _Modelos(self)

    @property
    def cliente(self) -> ClienteOdoo:
        """O cliente por baixo; conecta se ainda não conectou."""
        if self._cliente is None:
            self._cliente = ClienteOdoo.conectar(self._conexao)
            self.db_name = self._cliente.banco
        return self._cliente

    @property
    def uid(self) -> int | None:
        """O número do usuário no Odoo. Erro: CredenciaisRecusadas."""
        cliente = self.cliente
        if cliente.uid is None:
            contexto = cliente.chamar("res.users", "context_get", [], {})
            cliente.uid = contexto.get("uid") if isinstance(contexto, Mapping) else None
        return cliente.uid

    def fechar(self) -> None:
        """Fecha a conexão, se houver."""
        if self._cliente is not None:
            self._cliente.fechar()
            self._cliente = None

    def _conferir(self, senha: object) -> None:
        # Só a ficha desta fachada ou a própria senha: outra credencial pede outra conexão.
        if isinstance(senha, SecretStr):
            senha = senha.get_secret_value()
        if not isinstance(senha, SenhaGuardada) and senha not in self._conexao.segredos:
            raise CredenciaisRecusadas(usuario=self.username, banco=self.db_name)


class _Comum:
    """O antigo ServerProxy de /xmlrpc/2/common."""

    def __init__(self, fachada: OdooIntegration) -> None:
        self._fachada = fachada

    def version(self) -> dict[str, Any]:
        """A versão do servidor."""
        versao = self._fachada.cliente.versao
        return {"server_version": versao.texto, "server_serie": f"{versao.serie}.0", "protocol_version": 1}

    def authenticate(self, banco: str, usuario: str, senha: object, ambiente: Mapping[str, Any] | None = None) -> int | bool:
        """O uid, ou False se a credencial não serve."""
        fachada = self._fachada
        try:
            fachada._conferir(senha)
            certo = usuario == fachada.username and banco in (fachada.db_name, None)
            return (fachada.uid or False) if certo else False
        except CredenciaisRecusadas:
            return False


class _Modelos:
    """O antigo ServerProxy de /xmlrpc/2/object."""

    def __init__(self, fachada: OdooIntegration) -> None:
        self._fachada = fachada

    def execute_kw(
        self,
        banco: str | None,
        uid: int | None,
        senha: object,
        modelo: str,
        metodo: str,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Chama um método de um modelo, com o que o Odoo devolver. Erros: os de ErroOdoo."""
        self._fachada._conferir(senha)
        return self._fachada.cliente.chamar(modelo, metodo, list(args), dict(kwargs or {}))
