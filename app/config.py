"""Todas as configurações, lidas uma vez do ambiente e do arquivo .env: o único leitor de os.environ.

A ordem é: ambiente, depois `.env` da pasta corrente, depois o padrão. Um segredo pode vir de um arquivo:
`ODOO_PASSWORD_FILE=/run/secrets/odoo` vale o conteúdo do arquivo (a quebra de linha final não conta).
Uma variável vazia vale o padrão. Uma malformada impede o início, com o nome e o que se esperava; uma
desconhecida (no .env, ou no ambiente com um dos PREFIXOS) só avisa, pelo nome. Guia: docs/operacao.md; modelo: .env.exemplo.
"""

from __future__ import annotations

import difflib
import functools
import io
import logging
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError, model_validator

from app.config_tipos import (
    Caminho,
    EnderecoHttp,
    Fuso,
    Inteiros,
    Logico,
    Minutos,
    Redes,
    Segredo,
    Texto,
    Ufs,
    UrlBanco,
    inteiro,
    um_de,
)
from app.erros import ErroManufatura

PREFIXOS = ("ODOO_", "SCHEDULER_", "MANUFATURA_", "MTO_")
PREFIXO_DO_KIT_DE_TESTE = "ODOO_REAL_"
PADRAO = "padrão"

registro = logging.getLogger("manufatura.config")


class ErroConfiguracao(ErroManufatura):
    """A configuração não pode ser usada: {problemas}."""

    codigo_saida = 2


class ConfiguracaoInvalida(ErroConfiguracao):
    """A configuração tem um valor que não serve, e nada foi feito: {problemas}. Corrija no ambiente ou no .env e
    rode de novo; `manufatura config` mostra de onde vem cada valor."""


class ArquivoEnvIlegivel(ErroConfiguracao):
    """Não consegui ler o arquivo {arquivo}: {motivo}. Ele é um texto UTF-8 com uma linha NOME=valor por
    configuração; .env.exemplo é um modelo."""


class ArquivoDeSegredoIlegivel(ErroConfiguracao):
    """Não consegui ler o arquivo que {variavel} aponta ({arquivo}): {motivo}. Confira o caminho e a permissão de leitura."""


class SegredoEmDobro(ErroConfiguracao):
    """{nome} e {nome}_FILE foram dados juntos em {origem}, e não sei qual vale. Deixe só um dos dois."""


class Configuracao(NamedTuple):
    """Uma linha de `manufatura config`: nome da variável, valor para mostrar (segredos mascarados) e origem."""

    nome: str
    valor: str
    origem: str
    descricao: str


class Config(BaseModel):
    """As configurações de uma instalação; não mudam depois de lidas.

    Construída direto (`Config(odoo_url=…)`) vale só o que se deu e os padrões: não olha o ambiente, o que
    serve a testes e à demonstração. Quem quer as da instalação usa `obter_config()`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True, validate_default=False)

    odoo_url: EnderecoHttp | None = Field(default=None, description="Endereço do Odoo")
    odoo_db: Texto | None = Field(default=None, description="Nome do banco de dados no Odoo")
    odoo_user: Texto | None = Field(default=None, description="Usuário do Odoo, só com direito de leitura")
    odoo_password: Segredo | None = Field(default=None, description="Senha desse usuário")
    odoo_api_key: Segredo | None = Field(default=None, description="Chave de API do usuário, no lugar da senha (no Odoo 19 abre o JSON-2)")
    odoo_protocolo: Annotated[Literal["auto", "json2", "jsonrpc", "xmlrpc"], um_de("auto", "json2", "jsonrpc", "xmlrpc")] = Field(
        default="auto", description="Como falar com o Odoo"
    )
    odoo_empresas: Inteiros = Field(default=(), description="Ids das empresas do Odoo (vazia: todas as que o usuário vê)")
    odoo_ca: Caminho | None = Field(default=None, description="Arquivo PEM da autoridade que assinou o certificado do Odoo, se for interna")
    odoo_sobreposicao: Minutos = Field(
        default=timedelta(minutes=30), description="Minutos que cada leitura volta atrás, contra gravações tardias"
    )
    odoo_historico_meses: Annotated[int, inteiro(0, 1200, "meses")] = Field(
        default=24, description="Meses de documentos encerrados na 1ª importação"
    )
    estoque_fonte: Annotated[Literal["odoo", "movimentos"], um_de("odoo", "movimentos")] = Field(
        default="odoo", description="De onde vem o saldo: posição do Odoo ou nossos movimentos"
    )

    database_url: UrlBanco | None = Field(default=None, description="PostgreSQL 15+ (vazia: o banco embutido)")
    database_url_migracao: UrlBanco | None = Field(
        default=None, description="O mesmo banco, com o papel dono das tabelas (vazia: DATABASE_URL)"
    )

    scheduler_api_enabled: Logico = Field(default=True, description="Se as rotas e os botões de controle dos jobs existem")
    scheduler_timezone: Fuso = Field(default=ZoneInfo("America/Sao_Paulo"), description="Fuso das datas e dos horários")

    mto_ordens_filhas: Logico = Field(default=True, description="Se o MTO cria ordens para os componentes produzidos")
    demanda_meses_abertos: Annotated[int, inteiro(0, 24, "meses")] = Field(
        default=1, description="Meses passados que a demanda realizada recalcula"
    )
    feriados_uf: Ufs = Field(default=(), description="Estados cujos feriados valem, além dos nacionais")
    feriados_facultativos: Logico = Field(default=True, description="Se Carnaval, Corpus Christi e semelhantes são dias parados")

    secret_key: Segredo | None = Field(default=None, description="Chave que assina as sessões do painel")
    manufatura_dados: Caminho = Field(default=Path("~/.local/share/manufatura"), description="Pasta dos dados (banco embutido, chaves)")
    manufatura_host: Texto = Field(default="127.0.0.1", description="Endereço em que o painel atende")
    manufatura_porta: Annotated[int, inteiro(0, 65535)] = Field(default=8080, description="Porta do painel")
    manufatura_https: Annotated[Literal["proxy", "inseguro"], um_de("proxy", "inseguro")] | None = Field(
        default=None, description="Fora da própria máquina: há um proxy com TLS, ou aceita-se sem TLS"
    )
    manufatura_proxies: Redes = Field(default=(), description="Proxies em cujo X-Forwarded-For se acredita")
    manufatura_log: Annotated[Literal["depuracao", "info", "aviso", "erro"], um_de("depuracao", "info", "aviso", "erro")] = Field(
        default="info", description="Do que o registro fala"
    )
    manufatura_alerta_smtp: Segredo | None = Field(default=None, description="Servidor e destino dos alertas por e-mail")
    manufatura_alerta_webhook: Segredo | None = Field(default=None, description="Endereço que recebe os alertas")
    manufatura_redes_permitidas: Redes = Field(default=(), description="Redes internas a que um webhook pode ir")
    manufatura_retencao_dias: Annotated[int, inteiro(1, 36500, "dias")] = Field(
        default=90, description="Dias que o histórico de execuções fica"
    )
    manufatura_batimento_s: Annotated[int, inteiro(1, 600, "segundos")] = Field(
        default=5, description="De quanto em quanto uma execução dá sinal"
    )
    manufatura_morte_s: Annotated[int, inteiro(2, 3600, "segundos")] = Field(
        default=30, description="Silêncio que vale como morte da execução"
    )
    manufatura_resgate_s: Annotated[int, inteiro(1, 600, "segundos")] = Field(
        default=5, description="De quanto em quanto se procuram execuções mortas"
    )
    manufatura_copia_dir: Caminho | None = Field(default=None, description="Pasta das cópias de segurança")
    manufatura_copia_dias: Annotated[int, inteiro(1, 36500, "dias")] = Field(default=14, description="Dias que uma cópia fica")
    manufatura_pg_usuario: Texto | None = Field(default=None, description="Como root: o usuário do sistema que roda o banco embutido")

    _origens: dict[str, str] = PrivateAttr(default_factory=dict)
    _avisos: tuple[str, ...] = PrivateAttr(default=())

    SEGREDOS: ClassVar[frozenset[str]]

    @model_validator(mode="before")
    @classmethod
    def _padroes_que_dependem(cls, dados: dict[str, Any]) -> dict[str, Any]:
        """Padrões que saem de outro valor ou da máquina: fonte do estoque, pasta de dados, usuário do banco."""
        dados = {nome: valor for nome, valor in dados.items() if valor is not None}
        dados.setdefault("estoque_fonte", "odoo" if dados.get("odoo_url") else "movimentos")
        dados.setdefault("manufatura_dados", Path("~/.local/share/manufatura"))
        if os.geteuid() == 0:
            dados.setdefault("manufatura_pg_usuario", "nobody")
        return dados

    @model_validator(mode="after")
    def _prazos_coerentes(self) -> Config:
        if self.manufatura_morte_s <= self.manufatura_batimento_s:
            raise ValueError("MANUFATURA_MORTE_S maior que MANUFATURA_BATIMENTO_S (senão toda execução parece morta)")
        return self

    @property
    def avisos(self) -> tuple[str, ...]:
        """Frases sobre o que foi lido e não impede o início (nomes desconhecidos)."""
        return self._avisos

    def origem(self, campo: str) -> str:
        """De onde o campo (em minúsculas) foi lido: 'ambiente', '.env', o arquivo do segredo, ou 'padrão'."""
        return self._origens.get(campo, PADRAO)

    def linhas(self) -> Iterator[Configuracao]:
        """As configurações na ordem de .env.exemplo, com os segredos mascarados."""
        for campo, definicao in type(self).model_fields.items():
            yield Configuracao(campo.upper(), _mostrar(getattr(self, campo)), self.origem(campo), definicao.description or "")


Config.SEGREDOS = frozenset(
    nome for nome, campo in Config.model_fields.items() if "SecretStr" in str(campo.annotation) or SecretStr is campo.annotation
)


def _mostrar(valor: object) -> str:
    if valor is None or valor == ():
        return ""
    if isinstance(valor, SecretStr):
        return "********"
    if isinstance(valor, bool):
        return "true" if valor else "false"
    if isinstance(valor, timedelta):
        return str(int(valor.total_seconds() // 60))
    if isinstance(valor, tuple):
        return ",".join(str(item) for item in valor)
    return str(valor)


def _ler_env(arquivo: Path) -> dict[str, str]:
    """O .env como nome → valor, sem interpolar `$` (senhas têm cifrão). Arquivo ausente vale vazio."""
    try:
        texto = arquivo.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise ArquivoEnvIlegivel(arquivo=arquivo.name, motivo="não está em UTF-8") from None
    except OSError as erro:
        raise ArquivoEnvIlegivel(arquivo=arquivo.name, motivo=erro.strerror or "erro de leitura") from None
    valores: dict[str, str] = {}
    for linha in parse_stream(io.StringIO(texto)):
        if linha.error or (linha.key is not None and linha.value is None):
            raise ArquivoEnvIlegivel(arquivo=arquivo.name, motivo=f"a linha {linha.original.line} não é NOME=valor")
        if linha.key is not None:
            valores[linha.key] = linha.value or ""
    return valores


def _ler_segredo(variavel: str, caminho: str) -> str:
    try:
        with Path(caminho).expanduser().open(encoding="utf-8") as arquivo:
            return arquivo.read(65_536).rstrip("\r\n")
    except UnicodeDecodeError:
        raise ArquivoDeSegredoIlegivel(variavel=variavel, arquivo=caminho, motivo="não é um texto em UTF-8") from None
    except OSError as erro:
        raise ArquivoDeSegredoIlegivel(variavel=variavel, arquivo=caminho, motivo=erro.strerror or "erro de leitura") from None


def _juntar(camadas: list[tuple[str, Mapping[str, str]]]) -> tuple[dict[str, str], dict[str, str]]:
    """Nome do campo → texto, e nome do campo → origem, da camada de mais peso em que a variável aparece."""
    valores: dict[str, str] = {}
    origens: dict[str, str] = {}
    for campo in Config.model_fields:
        nome = campo.upper()
        for origem, camada in camadas:
            arquivo = camada.get(f"{nome}_FILE") if campo in Config.SEGREDOS else None
            if arquivo and camada.get(nome):
                raise SegredoEmDobro(nome=nome, origem=origem)
            if arquivo:
                valores[campo], origens[campo] = _ler_segredo(f"{nome}_FILE", arquivo), f"arquivo de {nome}_FILE ({origem})"
            elif nome in camada:
                valores[campo], origens[campo] = camada[nome], origem
            else:
                continue
            break
    vazios = [campo for campo, texto in valores.items() if not texto.strip()]
    for campo in vazios:
        del valores[campo]
        origens[campo] = f"{PADRAO} (vazia em {origens[campo]})"
    return valores, origens


def _desconhecidas(camadas: list[tuple[str, Mapping[str, str]]], arquivo: str) -> Iterator[str]:
    conhecidas = {campo.upper() for campo in Config.model_fields} | {f"{campo.upper()}_FILE" for campo in Config.SEGREDOS}
    for origem, camada in camadas:
        for nome in sorted(camada):
            conta = origem == arquivo or nome.startswith(PREFIXOS)
            if not conta or nome in conhecidas or nome.startswith(PREFIXO_DO_KIT_DE_TESTE):
                continue
            parecida = difflib.get_close_matches(nome.upper(), sorted(conhecidas), n=1, cutoff=0.8)
            sugestao = f"; seria {parecida[0]}?" if parecida else ""
            yield f"{nome} ({origem}) não é uma configuração de Manufatura e foi ignorada{sugestao}"


def ler_config(ambiente: Mapping[str, str], arquivo: Path | None) -> Config:
    """Lê e valida as configurações das camadas dadas (ambiente antes do arquivo; None: sem arquivo).

    Levanta ConfiguracaoInvalida com todos os problemas de uma vez, ou ArquivoEnvIlegivel,
    ArquivoDeSegredoIlegivel e SegredoEmDobro. Os nomes desconhecidos ficam em `.avisos`.
    """
    nome_arquivo = arquivo.name if arquivo else ""
    camadas: list[tuple[str, Mapping[str, str]]] = [("ambiente", ambiente), (nome_arquivo, _ler_env(arquivo) if arquivo else {})]
    valores, origens = _juntar(camadas)
    if ambiente.get("XDG_DATA_HOME"):
        origens.setdefault("manufatura_dados", f"{PADRAO} (XDG_DATA_HOME)")
    pasta_xdg = Path(ambiente.get("XDG_DATA_HOME") or "~/.local/share")
    # a especificação XDG manda ignorar um caminho relativo
    pasta = (pasta_xdg if pasta_xdg.is_absolute() else Path("~/.local/share")) / "manufatura"
    try:
        config = Config.model_validate({"manufatura_dados": pasta, **valores})
    except ValidationError as erro:
        # nunca `from erro`: a exceção do pydantic guarda os valores, e um deles pode ser a senha
        raise ConfiguracaoInvalida(problemas="; ".join(_problema(e["loc"], e["msg"], origens) for e in erro.errors())) from None
    config._origens.update(origens)
    config._avisos = tuple(_desconhecidas(camadas, nome_arquivo))
    return config


def _problema(local: tuple[int | str, ...], mensagem: str, origens: Mapping[str, str]) -> str:
    esperado = mensagem.removeprefix("Value error, ")
    if not local:
        return f"esperava {esperado}"
    campo = str(local[0])
    return f"{campo.upper()} ({origens.get(campo, PADRAO)}): esperava {esperado}"


@functools.lru_cache(maxsize=1)
def obter_config() -> Config:
    """As configurações desta instalação, lidas na primeira chamada (ambiente e `.env` da pasta corrente)."""
    if _escolhida:
        return _escolhida[-1]
    config = ler_config(os.environ, Path(".env"))
    for aviso in config.avisos:
        registro.warning(aviso)
    return config


_escolhida: list[Config] = []


def definir_config(config: Config) -> None:
    """Faz deste objeto a configuração do processo inteiro (a demonstração e testes, que têm pasta e banco próprios)."""
    limpar_config()
    _escolhida.append(config)


def limpar_config() -> None:
    """Esquece o que foi lido ou definido: a próxima `obter_config()` lê de novo."""
    _escolhida.clear()
    obter_config.cache_clear()
