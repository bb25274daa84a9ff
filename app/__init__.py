"""Manufatura: planejamento e controle da produção ao lado do Odoo.

`app.db` é a porta dos modelos e da sessão (os nomes que o módulo da fábrica usa): `db.session`, `db.Model`. Importar `app` não
abre conexão, não lê configuração e não importa Flask nem SQLAlchemy: tudo vem na primeira vez em que é usado.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session, scoped_session

    from app.banco.base import Base


class BancoDados:
    """A sessão e a base dos modelos, cada uma feita na primeira vez em que é pedida."""

    _sessao: scoped_session[Session] | None = None

    @property
    def session(self) -> scoped_session[Session]:
        """Sessão por linha de execução, no banco da configuração (papel do programa); liga o banco embutido ao primeiro uso."""
        if self._sessao is None:
            from sqlalchemy.orm import scoped_session, sessionmaker

            self._sessao = scoped_session(sessionmaker(class_=_sessao_preguicosa()))
        return self._sessao

    @property
    def Model(self) -> type[Base]:
        """A base declarativa dos modelos."""
        from app.banco.base import Base

        return Base


def _sessao_preguicosa() -> type[Session]:
    from sqlalchemy.orm import Session

    class SessaoDaConfiguracao(Session):
        """Sessão que só pergunta qual é o banco quando precisa de uma conexão."""

        def get_bind(self, *args: object, **kwargs: object) -> object:  # type: ignore[override]
            from app.banco.motor import motor_aplicacao
            from app.config import obter_config

            return motor_aplicacao(obter_config())

    return SessaoDaConfiguracao


db = BancoDados()


def create_app() -> Flask:
    """A aplicação Flask; criá-la não toca no banco. Ao fim de cada pedido, a sessão é devolvida."""
    from flask import Flask

    aplicacao = Flask("app")

    @aplicacao.teardown_appcontext
    def _devolver_sessao(_erro: BaseException | None) -> None:
        if db._sessao is not None:
            db._sessao.remove()

    return aplicacao
