"""Do nome da exceção do Odoo ao nosso erro: as três portas contam a mesma falha de jeitos diferentes.

JSON-RPC e JSON-2 dão a classe Python e a mensagem; XML-RPC dá um código e, no código 1, o traceback inteiro (cujo fim é a
classe e a mensagem). Aqui tudo vira ErroRemoto e depois um erro com nome. Os textos vistos são os do Odoo 14 e do 19.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.odoo.erros import (
    AcessoNegado,
    ArgumentoInvalido,
    BancoDoOdooIndisponivel,
    BancoInexistente,
    CampoAusente,
    ConflitoNoOdoo,
    CredenciaisRecusadas,
    ErroDoOdoo,
    ErroOdoo,
    MetodoAusente,
    ModeloAusente,
    NaoCabeEmXmlRpc,
    PaginaGrande,
    RegistroAusente,
)
from app.odoo.erros_base import limpar_texto


@dataclass(frozen=True)
class Pedido:
    """O que estava sendo pedido, para a mensagem dizer onde falhou (sem argumentos: é neles que a senha viaja)."""

    modelo: str
    metodo: str
    servidor: str
    banco: str | None
    usuario: str | None
    versao: str
    segredos: tuple[str, ...] = ()


@dataclass(frozen=True)
class ErroRemoto:
    """A falha como o Odoo a contou: classe Python (com ou sem módulo) e mensagem."""

    classe: str
    mensagem: str


_MODELO = re.compile(r"\(([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)[,)]")
_OBJETO = re.compile(r"Object ([\w.]+) doesn't exist|model ['\"]?([\w.]+)['\"]? does not exist|^'([\w]+(?:\.[\w]+)+)'$", re.IGNORECASE)
_CAMPO = (
    re.compile(r"Invalid field '(?P<c>[\w.:]+)' on (?:model )?'(?P<m>[\w.]+)'"),
    re.compile(r"Invalid field (?P<m>[\w.]+)\.(?P<c>\w+) in (?:leaf|condition|domain)"),
    re.compile(r"Invalid field ['\"]?(?P<m>[a-z][\w]*(?:\.\w+)*)\.(?P<c>\w+)['\"]? in "),
    re.compile(r"Field ['\"]?(?P<c>[\w.]+)['\"]? does(?: not|n't) exist (?:on|in) (?:model )?['\"]?(?P<m>[\w.]+)"),
    re.compile(r"Unknown field ['\"]?(?P<c>\w+)"),
    re.compile(r"[Ii]nvalid field ['\"]?(?P<c>[\w:]+)"),
)
_TRACEBACK = re.compile(r"^(?P<classe>[A-Za-z_][\w.]*)(?:: ?(?P<mensagem>.*))?$", re.DOTALL)
_CONFLITO = ("SerializationFailure", "DeadlockDetected", "LockNotAvailable", "TransactionRollback", "ConcurrencyError", "QueryCanceled")
_ARGUMENTOS = frozenset(
    {"TypeError", "DataError", "NumericValueOutOfRange", "InvalidTextRepresentation", "UnprocessableEntity", "BadRequest"}
)
_SEM_BANCO = re.compile(r"database \"[^\"]*\" does not exist|banco de dados \"[^\"]*\" não existe", re.IGNORECASE)


def de_traceback(texto: str) -> ErroRemoto:
    """A classe e a mensagem no fim de um traceback; o texto todo como mensagem se não for um."""
    linhas = texto.rstrip().split("\n")
    quadro = max((n for n, linha in enumerate(linhas) if linha.startswith('  File "')), default=None)
    # Depois do último quadro vêm o código e os circunflexos, recuados; a primeira linha na margem é a exceção.
    inicio = next((n for n in range(quadro or 0, len(linhas)) if not linhas[n].startswith(" ")), 0)
    achado = _TRACEBACK.match("\n".join(linhas[inicio:]))
    if achado is None or (quadro is None and achado["mensagem"] is None):
        return ErroRemoto("", texto)
    return ErroRemoto(achado["classe"], achado["mensagem"] or "")


def de_fault(codigo: int, texto: str) -> ErroRemoto:
    """O erro dentro de um Fault de XML-RPC do Odoo (1 erro, 2 aviso, 3 credencial, 4 direito)."""
    if codigo == 3:
        return ErroRemoto("odoo.exceptions.AccessDenied", texto)
    if codigo == 4:
        return ErroRemoto("odoo.exceptions.AccessError", texto)
    if codigo == 2:
        # Avisos não dizem a classe; só a MissingError precisa ser reconhecida, pelo registro citado.
        ausente = re.search(r"\(Record: [\w.]+\(|does not exist or has been deleted|não existe ou foi exclu", texto)
        return ErroRemoto("odoo.exceptions.MissingError" if ausente else "odoo.exceptions.UserError", texto)
    return de_traceback(texto)


def classificar(remoto: ErroRemoto, pedido: Pedido) -> ErroOdoo:
    """O nosso erro para o erro que o Odoo contou."""
    nome = remoto.classe.rpartition(".")[2]
    mensagem, detalhe = remoto.mensagem, limpar_texto(remoto.mensagem, pedido.segredos)
    quem = {"modelo": pedido.modelo, "metodo": pedido.metodo}
    if nome == "AccessDenied":
        return CredenciaisRecusadas(usuario=pedido.usuario, banco=pedido.banco)
    if nome == "AccessError" and "Private method" not in mensagem:
        return _acesso(mensagem, detalhe, pedido)
    if nome == "MissingError":
        return RegistroAusente(modelo=_modelo_citado(mensagem) or pedido.modelo, detalhe=detalhe)
    if _SEM_BANCO.search(mensagem) or nome == "InvalidCatalogName":
        return BancoInexistente(banco=pedido.banco)
    if any(c in remoto.classe for c in _CONFLITO) or "could not serialize" in mensagem:
        return ConflitoNoOdoo(**quem, detalhe=detalhe or nome)
    if nome in ("PoolError", "InterfaceError", "AdminShutdown") or (nome == "OperationalError" and "psycopg2" in remoto.classe):
        return BancoDoOdooIndisponivel(detalhe=detalhe or nome)
    if nome == "MemoryError":
        return PaginaGrande(servidor=pedido.servidor, detalhe="faltou memória ao Odoo")
    if "cannot marshal" in mensagem or "XML-RPC limits" in mensagem:
        return NaoCabeEmXmlRpc(**quem, detalhe=detalhe)
    return _esquema(nome, mensagem, pedido) or (
        ArgumentoInvalido(**quem, detalhe=detalhe) if nome in _ARGUMENTOS else ErroDoOdoo(**quem, classe=nome or "erro", detalhe=detalhe)
    )


def _esquema(nome: str, mensagem: str, pedido: Pedido) -> ErroOdoo | None:
    objeto = _OBJETO.search(mensagem)
    if objeto and (nome != "KeyError" or pedido.modelo in mensagem):
        return ModeloAusente(modelo=next(g for g in objeto.groups() if g), versao=pedido.versao)
    for forma in _CAMPO:
        if achado := forma.search(mensagem):
            partes = achado.groupdict()
            return CampoAusente(modelo=partes.get("m") or pedido.modelo, campo=partes["c"], versao=pedido.versao)
    if nome == "UndefinedColumn" and (coluna := re.search(r'column "?([\w.]+)"? does not exist', mensagem)):
        return CampoAusente(modelo=pedido.modelo, campo=coluna[1].rpartition(".")[2], versao=pedido.versao)
    if (nome == "AttributeError" and f"'{pedido.metodo}'" in mensagem) or re.search(r"method .*does not exist|Private method", mensagem):
        detalhe = limpar_texto(mensagem, pedido.segredos)
        return MetodoAusente(modelo=pedido.modelo, metodo=pedido.metodo, versao=pedido.versao, detalhe=detalhe)
    return None


def _modelo_citado(mensagem: str) -> str | None:
    achado = _MODELO.search(mensagem) or re.search(r"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)\(\d", mensagem)
    return achado[1] if achado else None


def _acesso(mensagem: str, detalhe: str, pedido: Pedido) -> AcessoNegado:
    minusculas = mensagem.lower()
    if any(p in minusculas for p in ("modify", "write", "modificar", "alterar")):
        direito = "escrita"
    elif any(p in minusculas for p in ("to create", "criar")):
        direito = "criação"
    elif any(p in minusculas for p in ("delete", "unlink", "excluir")):
        direito = "exclusão"
    else:
        direito = "leitura"
    return AcessoNegado(direito=direito, modelo=_modelo_citado(mensagem) or pedido.modelo, detalhe=detalhe)
