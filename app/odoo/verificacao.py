"""O exame da ligação com o Odoo: alcance, TLS, versão, banco, login, porta, direitos, campos, relógio e validade da chave.

Cada item diz o que se viu e, quando falha, o que fazer. O exame para no primeiro degrau sem o qual os outros não têm sentido.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo
from app.odoo.erros import (
    AcessoNegado,
    AutoridadeIlegivel,
    BancoInexistente,
    BancoNaoInformado,
    BarradoPeloProxy,
    CertificadoRecusado,
    CredenciaisRecusadas,
    ErroOdoo,
    ModeloAusente,
    PaginaHtml,
    ProtocoloIndisponivel,
    TlsFalhou,
    VariosBancos,
    VersaoNaoAceita,
)
from app.odoo.valores import instante

Situacao = Literal["ok", "aviso", "falha"]

SERIE_MAXIMA_VISTA = 19
DESVIO_AVISO = timedelta(seconds=60)
CHAVE_AVISO = timedelta(days=15)

_ETAPAS: tuple[tuple[str, tuple[type[ErroOdoo], ...]], ...] = (
    ("TLS", (CertificadoRecusado, TlsFalhou, AutoridadeIlegivel)),
    ("versão", (VersaoNaoAceita,)),
    ("protocolo", (ProtocoloIndisponivel, PaginaHtml, BarradoPeloProxy)),
    ("banco", (BancoInexistente, VariosBancos, BancoNaoInformado)),
    ("login", (CredenciaisRecusadas,)),
)


@dataclass(frozen=True)
class Item:
    """Uma linha do exame: o que foi olhado, a situação, o que se viu e o que fazer ("" quando está bem)."""

    nome: str
    situacao: Situacao
    detalhe: str
    remedio: str = ""


@dataclass(frozen=True)
class Necessidade:
    """O que uma importação precisa de um modelo.

    campos: um nome, ou alternativas separadas por '|' (basta uma: 'quantity|quantity_done').
    opcional: o modelo pode faltar (módulo não instalado) sem que seja uma falha.
    """

    campos: Sequence[str]
    opcional: bool = False


def verificar(
    conexao: ConexaoOdoo, necessidades: Mapping[str, Sequence[str] | Necessidade], *, agora: datetime | None = None
) -> list[Item]:
    """Examina a ligação e devolve os itens na ordem em que foram vistos; nunca levanta erro do Odoo, que vira item.

    necessidades: modelo → campos (ou Necessidade). agora: o nosso instante (com fuso), para medir o relógio; None não mede.
    """
    try:
        # Quem examina quer saber já: uma segunda tentativa separa o tropeço da queda, cinco só fariam esperar.
        cliente = ClienteOdoo.conectar(replace(conexao, tentativas=min(2, conexao.tentativas)))
    except ErroOdoo as erro:
        return [_item_do_erro(erro)]
    with cliente:
        itens = list(_ligacao(cliente, conexao))
        try:
            # Em JSON-2 a credencial e o banco só são conferidos na primeira chamada.
            if cliente.protocolo == "json2":
                cliente.contar("res.users", [])
        except ErroOdoo as erro:
            return [*itens, _item_do_erro(erro)]
        itens.append(Item("banco", "ok", cliente.banco or "o único deste servidor"))
        itens.append(Item("login", "ok", _quem(cliente, conexao)))
        if agora is not None:
            itens.append(_relogio(cliente, agora))
        if conexao.chave_api is not None:
            itens.append(_validade(cliente, agora or cliente.hora_servidor))
        escreve: list[str] = []
        for modelo, precisa in necessidades.items():
            itens.extend(_modelo(cliente, modelo, precisa if isinstance(precisa, Necessidade) else Necessidade(precisa), escreve))
        itens.append(_so_leitura(escreve))
        return itens


def _ligacao(cliente: ClienteOdoo, conexao: ConexaoOdoo) -> Iterator[Item]:
    endereco = conexao.endereco
    yield Item("alcance", "ok", f"{endereco.rotulo} responde")
    if endereco.esquema == "https":
        yield Item("TLS", "ok", "certificado conferido" + (" com ODOO_CA" if conexao.ca else ""))
    elif endereco.servidor in ("127.0.0.1", "localhost", "::1"):
        yield Item("TLS", "ok", "sem TLS, mas nesta mesma máquina")
    else:
        remedio = "Use https:// em ODOO_URL (um proxy com certificado à frente do Odoo)."
        yield Item("TLS", "aviso", "sem TLS: a senha e os dados passam legíveis pela rede", remedio)
    serie = cliente.versao.serie
    if serie > SERIE_MAXIMA_VISTA:
        remedio = "Confira os primeiros resultados com `manufatura conferir --odoo`."
        yield Item("versão", "aviso", f"Odoo {cliente.versao.texto}, mais novo que os testados (14 a {SERIE_MAXIMA_VISTA})", remedio)
    else:
        yield Item("versão", "ok", f"Odoo {cliente.versao.texto}")
    if cliente.protocolo != "json2" and serie >= SERIE_MAXIMA_VISTA:
        remedio = "Crie uma chave de API no Odoo (Preferências › Segurança da conta) e ponha-a em ODOO_API_KEY."
        yield Item("protocolo", "aviso", f"{cliente.protocolo}, que o Odoo retira na versão 22", remedio)
    else:
        yield Item("protocolo", "ok", cliente.protocolo)


def _quem(cliente: ClienteOdoo, conexao: ConexaoOdoo) -> str:
    credencial = "chave de API" if cliente.protocolo == "json2" or conexao.senha is None else "senha"
    return f"{conexao.usuario or 'usuário da chave'}, por {credencial}" + (f" (uid {cliente.uid})" if cliente.uid else "")


def _relogio(cliente: ClienteOdoo, agora: datetime) -> Item:
    hora = cliente.hora_servidor
    if hora is None:
        return Item(
            "relógio",
            "aviso",
            "o servidor não diz a hora (cabeçalho Date)",
            "Peça a quem cuida do proxy para não retirar o cabeçalho Date.",
        )
    desvio = hora - agora
    segundos = round(abs(desvio).total_seconds())
    if abs(desvio) <= DESVIO_AVISO:
        return Item("relógio", "ok", f"diferença de {segundos} s")
    lado = "adiantado" if desvio > timedelta(0) else "atrasado"
    return Item(
        "relógio", "aviso", f"o Odoo está {segundos} s {lado} em relação a esta máquina", "Acerte os relógios (NTP) das duas máquinas."
    )


def _validade(cliente: ClienteOdoo, agora: datetime | None) -> Item:
    try:
        linhas = cliente.buscar_ler("res.users.apikeys", [], ["expiration_date"], ordem="id")
    except ErroOdoo:
        return Item("chave de API", "ok", "validade não visível para este usuário; as de usuários comuns duram 90 dias")
    datas = [fim for linha in linhas if (fim := instante(linha.get("expiration_date"))) is not None]
    if not datas or agora is None:
        return Item("chave de API", "ok", "sem data de validade")
    # O Odoo não diz qual das chaves é a nossa: vale a que vence primeiro.
    primeira = min(datas)
    dias = (primeira - agora).days
    if primeira - agora <= CHAVE_AVISO:
        quando = f"vence em {dias} dias" if dias >= 0 else "há uma vencida"
        return Item(
            "chave de API", "aviso", f"{quando} ({primeira:%d/%m/%Y})", "Crie outra chave no Odoo e troque ODOO_API_KEY antes disso."
        )
    return Item("chave de API", "ok", f"a primeira vence em {dias} dias ({primeira:%d/%m/%Y})")


def _modelo(cliente: ClienteOdoo, modelo: str, precisa: Necessidade, escreve: list[str]) -> Iterator[Item]:
    nome = f"modelo {modelo}"
    try:
        campos = cliente.descrever(modelo)
        total = cliente.contar(modelo, [], contexto={"active_test": False})
        if _pode(cliente, modelo, "write"):
            escreve.append(modelo)
    except ModeloAusente as erro:
        if precisa.opcional:
            yield Item(nome, "ok", "módulo não instalado (opcional)")
        else:
            yield Item(nome, "falha", erro.mensagem, "Instale o módulo no Odoo ou desligue a importação que o usa.")
        return
    except AcessoNegado as erro:
        yield Item(nome, "falha", erro.mensagem, f"Dê ao usuário um grupo com leitura em {erro.fatos.get('modelo', modelo)}.")
        return
    except ErroOdoo as erro:
        yield Item(nome, "falha", erro.mensagem, "Corrija a causa e verifique de novo.")
        return
    faltam = [campo for campo in precisa.campos if not any(nome_campo in campos for nome_campo in campo.split("|"))]
    if faltam:
        remedio = "Dê ao usuário os grupos que veem esses campos; se uma customização os removeu, essa importação não roda."
        yield Item(nome, "falha", f"{_milhar(total)} registros; faltam os campos {', '.join(faltam)}", remedio)
    else:
        yield Item(nome, "ok", f"{_milhar(total)} registros, {len(precisa.campos)} campos conferidos")


def _pode(cliente: ClienteOdoo, modelo: str, operacao: str) -> bool:
    if cliente.versao.serie >= 18:
        return bool(cliente.chamar(modelo, "has_access", [[]], {"operation": operacao}))
    return bool(cliente.chamar(modelo, "check_access_rights", [operacao], {"raise_exception": False}))


def _so_leitura(escreve: list[str]) -> Item:
    if not escreve:
        return Item("só leitura", "ok", "o usuário não pode alterar nada do que lemos")
    alguns = ", ".join(escreve[:5]) + (f" e mais {len(escreve) - 5}" if len(escreve) > 5 else "")
    remedio = "Use um usuário só de leitura (docs/odoo.md): se a senha vazar, ninguém altera o Odoo com ela."
    return Item("só leitura", "aviso", f"o usuário pode ALTERAR {alguns}", remedio)


def _item_do_erro(erro: ErroOdoo) -> Item:
    nome = next((nome for nome, classes in _ETAPAS if isinstance(erro, classes)), "alcance")
    fato, _, remedio = erro.mensagem.partition(". ")
    return Item(nome, "falha", fato + ("." if remedio else ""), remedio or "Corrija a causa e verifique de novo.")


def _milhar(numero: Any) -> str:
    return f"{numero:,}".replace(",", ".")
