"""Erros do banco: cada causa é uma classe, a docstring é a mensagem; `traduzir` faz dos erros alheios os nossos.

Fonte dos códigos: apêndice A da documentação do PostgreSQL ("PostgreSQL Error Codes").
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import psycopg
from sqlalchemy import exc as sa_exc

from app.erros import ErroManufatura


class ErroBanco(ErroManufatura):
    """O banco de dados recusou a operação: {detalhe}."""

    codigo_saida: ClassVar[int] = 4


class ServidorForaDoAr(ErroBanco):
    """O banco de dados não responde ou fechou a conexão: {detalhe}. Espere ele voltar, ou confira com `manufatura banco situacao`."""

    transitorio: ClassVar[bool] = True


class ConexoesEsgotadas(ErroBanco):
    """O banco de dados está sem conexões livres: {detalhe}. Tente de novo em instantes; se persistir, aumente max_connections."""

    transitorio: ClassVar[bool] = True


class DiscoCheio(ErroBanco):
    """O disco do banco está cheio: {detalhe}. Nada foi gravado pela metade; libere espaço e o trabalho continua de onde parou."""

    transitorio: ClassVar[bool] = True


class MemoriaEsgotada(ErroBanco):
    """Faltou memória ao banco de dados: {detalhe}."""

    transitorio: ClassVar[bool] = True


class TravaOcupada(ErroBanco):
    """Outra sessão segura as linhas de que esta precisa e não as soltou a tempo: {detalhe}. Tente de novo."""

    transitorio: ClassVar[bool] = True


class ConsultaDemorada(ErroBanco):
    """O banco de dados interrompeu uma operação que passou do limite de tempo: {detalhe}."""

    transitorio: ClassVar[bool] = True


class ConflitoDeTransacao(ErroBanco):
    """Duas transações se cruzaram e o banco desfez esta: {detalhe}. É seguro repetir."""

    transitorio: ClassVar[bool] = True


class SomenteLeitura(ErroBanco):
    """O banco de dados só aceita leitura neste momento (réplica, ou troca de servidor em curso): {detalhe}."""

    transitorio: ClassVar[bool] = True


class AcessoRecusado(ErroBanco):
    """O banco de dados recusou o usuário ou a senha: {detalhe}. Confira DATABASE_URL (a senha pode vir de DATABASE_URL_FILE)."""


class BancoInexistente(ErroBanco):
    """O banco de dados pedido não existe no servidor: {detalhe}. Crie-o, ou corrija DATABASE_URL."""


class SemPermissao(ErroBanco):
    """O usuário do banco não tem permissão para isto: {detalhe}. Rode `manufatura banco migrar`, que refaz as permissões."""


class EstruturaDiferente(ErroBanco):
    """As tabelas do banco não são as que este programa espera: {detalhe}. Rode `manufatura banco migrar`."""


class DadosCorrompidos(ErroBanco):
    """O banco de dados achou dados corrompidos no disco: {detalhe}. Pare, guarde uma cópia da pasta e restaure a última cópia boa."""


class ComandoImpossivel(ErroBanco):
    """Defeito do programa: um comando nem pôde ser enviado ao banco ({detalhe}). O banco está bem; relate este erro com a mensagem."""


class VersaoAntiga(ErroBanco):
    """O servidor é PostgreSQL {versao}; é preciso 15 ou mais novo. Atualize-o, ou deixe DATABASE_URL vazia para usar o embutido."""


class EnderecoInvalido(ErroBanco):
    """{variavel} não é um endereço de PostgreSQL. Escreva postgresql://usuario:senha@servidor:5432/banco, com @ : / % da senha em %XX."""


class EmbutidoIndisponivel(ErroBanco):
    """Não há como usar o PostgreSQL embutido aqui: {motivo}. Aponte DATABASE_URL para um PostgreSQL 15 ou mais novo."""


class EmbutidoNaoSubiu(ErroBanco):
    """O PostgreSQL embutido não subiu em {pasta}: {detalhe}"""


class EmbutidoParado(ErroBanco):
    """O PostgreSQL embutido foi parado por `manufatura banco parar`. Qualquer comando novo o liga de novo."""

    transitorio: ClassVar[bool] = True


class EsquemaPendente(ErroBanco):
    """O banco está na versão {atual} e este programa precisa da {cabeca}. Rode `manufatura banco migrar`."""


class EsquemaMaisNovo(ErroBanco):
    """O banco está na versão {atual}, que este programa não conhece (conhece até {cabeca}). Instale a versão nova do programa."""


class ChaveRepetidaNoLote(ErroBanco):
    """O mesmo registro veio duas vezes no lote a gravar em {tabela}; nada do lote foi gravado."""


_POR_CODIGO: dict[str, type[ErroBanco]] = {
    "53100": DiscoCheio,
    "53200": MemoriaEsgotada,
    "53300": ConexoesEsgotadas,
    "55P03": TravaOcupada,
    "57014": ConsultaDemorada,
    "25P03": ConsultaDemorada,
    "57P05": ConsultaDemorada,
    "40001": ConflitoDeTransacao,
    "40P01": ConflitoDeTransacao,
    "25006": SomenteLeitura,
    "3D000": BancoInexistente,
    "42501": SemPermissao,
    "42P01": EstruturaDiferente,
    "42703": EstruturaDiferente,
    "XX001": DadosCorrompidos,
    "XX002": DadosCorrompidos,
    "58030": DiscoCheio,
    "57P01": ServidorForaDoAr,
    "57P02": ServidorForaDoAr,
    "57P03": ServidorForaDoAr,
}
_POR_CLASSE: dict[str, type[ErroBanco]] = {"08": ServidorForaDoAr, "28": AcessoRecusado, "53": MemoriaEsgotada}


def traduzir(erro: BaseException) -> ErroBanco | None:
    """O erro nosso que corresponde a um erro de psycopg ou de SQLAlchemy; None quando é de dado ou de programação.

    Violações de restrição (23xxx), dados inválidos (22xxx) e erros de sintaxe ficam como vieram: quem grava é que sabe o que
    significam. A mensagem leva só o texto primário do servidor: nunca o SQL, os parâmetros ou a senha.
    """
    if isinstance(erro, ErroBanco):
        return erro
    if isinstance(erro, sa_exc.TimeoutError):
        return ConexoesEsgotadas(detalhe="todas as conexões do programa estão ocupadas")
    original = erro.orig if isinstance(erro, sa_exc.DBAPIError) else erro
    if not isinstance(original, psycopg.Error):
        return None
    codigo = original.sqlstate or original.diag.sqlstate
    texto = original.diag.message_primary or str(original).strip().split("\n")[0] or type(original).__name__
    texto = texto.rpartition("FATAL:  ")[2].removeprefix("connection failed: ").rstrip(".")
    if codigo:
        classe = _POR_CODIGO.get(codigo) or _POR_CLASSE.get(codigo[:2])
        if codigo == "58030" and "No space left" not in texto:
            classe = ErroBanco
    else:
        classe = _sem_codigo(original, texto)
    return classe(detalhe=texto) if classe else None


def _sem_codigo(erro: psycopg.Error, texto: str) -> type[ErroBanco] | None:
    """Erros que a biblioteca do cliente faz sozinha vêm sem código: sobra o texto, que o servidor mandou em inglês."""
    if not isinstance(erro, psycopg.OperationalError):
        return None
    todo = str(erro)
    if "role" in todo and "does not exist" in todo:
        return AcessoRecusado
    if "password authentication failed" in todo or "no password supplied" in todo or "pg_hba.conf" in todo:
        return AcessoRecusado
    if "database" in todo and "does not exist" in todo:
        return BancoInexistente
    if "too many clients" in todo or "remaining connection slots" in todo or "too many connections" in todo:
        return ConexoesEsgotadas
    if "No space left" in todo:
        return DiscoCheio
    if any(marca in todo for marca in _NEM_ENVIADO):
        return ComandoImpossivel
    return ServidorForaDoAr


_NEM_ENVIADO = ("number of parameters must be between", "command string is a null pointer", "insufficient data in")
"""O que a biblioteca do cliente diz de um comando que ela recusa sem falar com o servidor: a conexão está boa."""


@contextmanager
def traduzindo() -> Iterator[None]:
    """Dentro dele, erros de psycopg e de SQLAlchemy que têm classe aqui saem como ela."""
    try:
        yield
    except (psycopg.Error, sa_exc.SQLAlchemyError) as erro:
        nosso = traduzir(erro)
        if nosso is None:
            raise
        raise nosso from erro


class CopiaFalhou(ErroBanco):
    """A cópia de segurança não pôde ser feita: {detalhe}. Nenhum arquivo foi deixado pela metade."""


class CopiaInvalida(ErroBanco):
    """{arquivo} não é uma cópia de segurança que se possa restaurar: {detalhe}. O banco não foi tocado."""


class RestauracaoFalhou(ErroBanco):
    """A restauração falhou e o banco ficou como estava: {detalhe}."""


class BancoComDados(ErroBanco):
    """O banco {banco} já tem dados ({tabelas}). Para trocá-lo pela cópia, repita com --sim; o de agora fica guardado com
    outro nome."""

    codigo_saida: ClassVar[int] = 2


class FerramentaAntiga(ErroBanco):
    """O servidor é PostgreSQL {servidor} e o {programa} que há é da versão {programa_versao}, que não lê servidores mais novos. Instale o
    cliente do PostgreSQL {servidor} (pacote postgresql-client) e repita."""


class SemDireitoDeCriarBanco(ErroBanco):
    """O usuário de DATABASE_URL_MIGRACAO não pode criar bancos, e restaurar precisa de um novo para trocar pelo atual. Dê a ele o direito
    (ALTER ROLE … CREATEDB), ou aponte DATABASE_URL para um banco vazio e restaure nele."""
