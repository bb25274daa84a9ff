"""O plano de falhas: o que dá errado em qual chamada, por número ou por modelo e método.

plano = PlanoFalhas()
plano.na_chamada(3, derrubar())                              # a 3ª chamada HTTP cai com RST
plano.na_chamada(range(5, 8), http(503))                     # da 5ª à 7ª
plano.quando(cortar(100), modelo="stock.move", metodo="read", vezes=2)
plano.quando(executar(lambda banco: banco.arquivar_produto(7)), metodo="read", pular=1)
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.demo.odoo_simulado.erros import ErroDoOdoo, acesso_negado, erro_de_acesso, erro_do_usuario, falha_de_serializacao

LOGIN_HTML = b"""<!DOCTYPE html>\n<html><head><title>Odoo</title></head><body><form class="oe_login_form" action="/web/login" method="post">
<input type="text" name="login"/><input type="password" name="password"/></form></body></html>"""


@dataclass(frozen=True)
class Chamada:
    """Um pedido HTTP que chegou: número (a partir de 1), porta, serviço, modelo, método, argumentos (nunca a senha) e quando."""

    n: int
    porta: str
    servico: str
    modelo: str | None
    metodo: str | None
    argumentos: list[Any]
    opcoes: dict[str, Any]
    quando: datetime

    @property
    def nome(self) -> str:
        """`modelo.metodo`, ou `servico.metodo` fora do serviço object."""
        return f"{self.modelo or self.servico}.{self.metodo}"


@dataclass(frozen=True)
class Falha:
    """Uma falha a aplicar. `antes` mexe no banco ou espera; `erro` troca a execução; `corpo` e afins trocam ou estragam a resposta."""

    tipo: str
    segundos: float = 0.0
    n: int = 0
    estado: int = 200
    corpo: bytes | None = None
    tipo_conteudo: str = "text/html; charset=utf-8"
    cabecalhos: dict[str, str] = field(default_factory=dict)
    erro: ErroDoOdoo | None = None
    funcao: Callable[[Any], Any] | None = None
    deslocamento: timedelta = timedelta()


def recusar(por_s: float = 0.3) -> Falha:
    """Ninguém escuta na porta a partir desta chamada, por `por_s` segundos (conexão recusada de verdade)."""
    return Falha("recusar", segundos=por_s)


def derrubar() -> Falha:
    """A conexão cai (RST) sem resposta."""
    return Falha("derrubar")


def cortar(n: int = 100) -> Falha:
    """O corpo é cortado depois de `n` bytes, com o Content-Length inteiro no cabeçalho (IncompleteRead)."""
    return Falha("cortar", n=n)


def cortar_fracao(fracao: float) -> Falha:
    """O corpo é cortado nesta fração dele."""
    return Falha("cortar_fracao", segundos=fracao)


def pingar(bytes_por_s: float = 1.0) -> Falha:
    """A resposta pinga devagar: o tempo de cada leitura nunca estoura, só o da chamada inteira."""
    return Falha("pingar", segundos=1.0 / bytes_por_s)


def travar(segundos: float = 3600.0) -> Falha:
    """Recebe o pedido e não responde, até o cliente desistir, o servidor parar ou passarem `segundos`."""
    return Falha("travar", segundos=segundos)


def atrasar(segundos: float) -> Falha:
    """Responde certo, mais tarde."""
    return Falha("atrasar", segundos=segundos)


def http(
    estado: int, corpo: bytes | str | None = None, *, cabecalhos: dict[str, str] | None = None, espera: int | str | None = None
) -> Falha:
    """Um estado HTTP em HTML (de proxy); `espera` põe Retry-After (segundos ou data)."""
    if corpo is None:
        corpo = f"<html>\r\n<head><title>{estado}</title></head>\r\n<body><h1>{estado}</h1><hr>nginx</body>\r\n</html>"
    extra = dict(cabecalhos or {})
    if espera is not None:
        extra["Retry-After"] = str(espera)
    return Falha("http", estado=estado, corpo=corpo if isinstance(corpo, bytes) else corpo.encode(), cabecalhos=extra)


def pagina_de_login() -> Falha:
    """HTTP 200 com a página de login: URL errada ou um proxy no caminho."""
    return Falha("http", estado=200, corpo=LOGIN_HTML)


def resposta_crua(
    corpo: bytes, tipo_conteudo: str = "application/json", *, estado: int = 200, cabecalhos: dict[str, str] | None = None
) -> Falha:
    """Exatamente estes bytes."""
    return Falha("http", estado=estado, corpo=corpo, tipo_conteudo=tipo_conteudo, cabecalhos=dict(cabecalhos or {}))


def pela_metade() -> Falha:
    """Meio JSON ou meio XML, num HTTP perfeito (Content-Length do que foi)."""
    return Falha("metade")


def charset_errado() -> Falha:
    """O corpo em latin-1 onde se espera UTF-8: bytes que não decodificam."""
    return Falha("charset")


def bomba_gzip(megas: int = 1024) -> Falha:
    """Poucos quilobytes comprimidos que se expandem em `megas` MB."""
    saida = io.BytesIO()
    with gzip.GzipFile(fileobj=saida, mode="wb", compresslevel=9) as g:
        bloco = b" " * (1 << 20)
        for _ in range(megas):
            g.write(bloco)
    return Falha("http", corpo=saida.getvalue(), tipo_conteudo="application/json", cabecalhos={"Content-Encoding": "gzip"})


def bomba_xml() -> Falha:
    """Entidades que se multiplicam (billion laughs) numa resposta XML-RPC."""
    entidades = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    dentro = "<methodResponse><params><param><value><string>&e9;</string></value></param></params></methodResponse>"
    corpo = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entidades}]>{dentro}'
    return Falha("http", corpo=corpo.encode(), tipo_conteudo="text/xml")


def erro_odoo(erro: ErroDoOdoo) -> Falha:
    """O Odoo responde este erro, na forma da porta."""
    return Falha("erro", erro=erro)


def serializacao() -> Falha:
    """SerializationFailure: duas transações disputaram (transitória)."""
    return erro_odoo(falha_de_serializacao(14))


def senha_recusada() -> Falha:
    """AccessDenied numa chamada que vinha funcionando: a senha foi trocada."""
    return erro_odoo(acesso_negado())


def sem_direito(modelo: str) -> Falha:
    """AccessError de leitura do modelo."""
    return erro_odoo(
        erro_de_acesso(
            f"You are not allowed to access '{modelo}' ({modelo}) records.\n\nContact your administrator to request access if necessary."
        )
    )


def modelo_ausente(modelo: str) -> Falha:
    return erro_odoo(erro_do_usuario(f"Object {modelo} doesn't exist"))


def uid_falso() -> Falha:
    """`authenticate` devolve False."""
    return Falha("resultado", funcao=lambda _: False)


def transformar(funcao: Callable[[Any], Any]) -> Falha:
    """O resultado passa por `funcao` antes de ser escrito (para envenenar valores)."""
    return Falha("resultado", funcao=funcao)


def executar(funcao: Callable[[Any], Any]) -> Falha:
    """Chama `funcao(banco)` antes de atender: uma edição no meio da importação."""
    return Falha("antes", funcao=funcao)


def hora_errada(deslocamento: timedelta) -> Falha:
    """O cabeçalho Date desta resposta vem deslocado."""
    return Falha("hora", deslocamento=deslocamento)


@dataclass
class _Regra:
    falha: Falha
    serve: Callable[[Chamada], bool]
    vezes: int | None
    pular: int


class PlanoFalhas:
    """As falhas marcadas e as que já dispararam (`disparadas`: pares (chamada, falha))."""

    def __init__(self) -> None:
        self._por_numero: dict[int, Falha] = {}
        self._regras: list[_Regra] = []
        self.disparadas: list[tuple[Chamada, Falha]] = []

    def na_chamada(self, n: int | Iterable[int], falha: Falha) -> PlanoFalhas:
        """Na n-ésima chamada HTTP ao servidor (a primeira é 1), ou em cada uma das dadas."""
        for i in [n] if isinstance(n, int) else n:
            self._por_numero[i] = falha
        return self

    def quando(
        self,
        falha: Falha,
        *,
        modelo: str | None = None,
        metodo: str | None = None,
        servico: str | None = None,
        porta: str | None = None,
        se: Callable[[Chamada], bool] | None = None,
        vezes: int | None = 1,
        pular: int = 0,
    ) -> PlanoFalhas:
        """Nas chamadas que servem a todos os critérios dados: pula as `pular` primeiras e falha `vezes` (None: sempre)."""

        def serve(c: Chamada) -> bool:
            return (
                (modelo is None or c.modelo == modelo)
                and (metodo is None or c.metodo == metodo)
                and (servico is None or c.servico == servico)
                and (porta is None or c.porta == porta)
                and (se is None or se(c))
            )

        self._regras.append(_Regra(falha, serve, vezes, pular))
        return self

    def sempre(self, falha: Falha) -> PlanoFalhas:
        return self.quando(falha, vezes=None)

    def limpar(self) -> None:
        self._por_numero.clear()
        self._regras.clear()

    def recusa_em(self, n: int) -> Falha | None:
        """A falha `recusar` marcada para a chamada de número `n`, se há (o servidor fecha a porta antes de ela chegar)."""
        falha = self._por_numero.get(n)
        return self._por_numero.pop(n) if falha and falha.tipo == "recusar" else None

    def para(self, chamada: Chamada) -> Falha | None:
        """A falha desta chamada, gasta ao ser entregue."""
        falha = self._por_numero.pop(chamada.n, None)
        if falha is None:
            for regra in self._regras:
                if regra.serve(chamada) and regra.vezes != 0:
                    if regra.pular > 0:
                        regra.pular -= 1
                        continue
                    if regra.vezes is not None:
                        regra.vezes -= 1
                    falha = regra.falha
                    break
        if falha is not None:
            self.disparadas.append((chamada, falha))
        return falha
