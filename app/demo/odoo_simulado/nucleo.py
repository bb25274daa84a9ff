"""As tabelas em memória do Odoo simulado, e as transações que as mudam.

Cada linha é um dicionário pronto para o RPC; uma transação escreve em cópias e as publica todas juntas ao sair, com o `write_date` da
HORA EM QUE COMEÇOU: é assim no Odoo de verdade, e é por isso que uma confirmação demorada aparece "no passado" de um cursor.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from app.demo.odoo_simulado.erros import erro_de_valor, erro_do_usuario
from app.demo.odoo_simulado.esquema import Campo, Modelo, esquema
from app.demo.odoo_simulado.relogio import Relogio, RelogioSimulado, texto_micro

Linha = dict[str, Any]


class Transacao:
    """O que uma transação mudou e ainda não publicou. `inicio` é o texto, com microssegundos, que vai para write_date."""

    def __init__(self, inicio: str, usuario: int) -> None:
        self.inicio, self.usuario = inicio, usuario
        self.linhas: dict[str, dict[int, Linha | None]] = defaultdict(dict)
        self.campos: dict[tuple[str, int], set[str]] = {}


class TransacaoRetida:
    """Uma transação demorada: o que se muda em `with retida:` vai para ela; outras edições, fora do `with`, são publicadas antes dela."""

    def __init__(self, nucleo: Nucleo, tx: Transacao) -> None:
        self._nucleo, self._tx = nucleo, tx
        self._fora: Transacao | None = None

    def __enter__(self) -> TransacaoRetida:
        self._fora, self._nucleo._local.tx = self._nucleo._atual, self._tx
        return self

    def __exit__(self, *_: object) -> None:
        self._nucleo._local.tx = self._fora

    def publicar(self) -> None:
        """O commit: as linhas aparecem, com o write_date do começo."""
        self._nucleo._publicar(self._tx)
        self._tx = Transacao(self._tx.inicio, self._tx.usuario)


class Nucleo:
    """Tabelas, índices e transações; nenhuma regra de negócio. Leituras e publicações disputam `trava`: cada pedido vê um só retrato."""

    def __init__(self, versao: int, *, relogio: Relogio | None = None) -> None:
        self.versao = versao
        self.esquema = esquema(versao)
        self.relogio: Relogio = relogio or RelogioSimulado()
        self.trava = threading.RLock()
        self.tabelas: dict[str, dict[int, Linha]] = {m: {} for m in self.esquema}
        self._ultimo_id: dict[str, int] = defaultdict(int)
        self._brancos: dict[str, Linha] = {}
        self._local = threading.local()
        # (modelo filho, campo many2one) → dono → filhos: o outro lado de cada one2many.
        self._indices: dict[tuple[str, str], dict[int, set[int]]] = {}
        for modelo in self.esquema.values():
            for campo in modelo.campos.values():
                if campo.inverso and campo.relacao in self.esquema:
                    self._indices[(campo.relacao, campo.inverso)] = defaultdict(set)
        self._indices_de: dict[str, list[tuple[str, dict[int, set[int]]]]] = defaultdict(list)
        for (filho, nome), indice in self._indices.items():
            self._indices_de[filho].append((nome, indice))

    # --- transações -----------------------------------------------------------------------------------------------------------
    @property
    def _atual(self) -> Transacao | None:
        tx: Transacao | None = getattr(self._local, "tx", None)
        return tx

    @contextmanager
    def transacao(self, *, inicio: datetime | None = None, usuario: int = 2, independente: bool = False) -> Iterator[Transacao]:
        """Uma transação: o que se muda dentro só é visto por outros ao sair (por exceção, não é visto nunca), com write_date = `inicio`.

        Sem `inicio`, começa agora; dentro de outra transação da mesma linha de execução, junta-se a ela, a menos que `inicio` ou
        `independente` digam o contrário (assim outra edição pode ser publicada enquanto uma demorada está aberta).
        """
        fora = self._atual
        if fora is not None and inicio is None and not independente:
            yield fora
            return
        tx = Transacao(texto_micro(inicio or self.relogio()), usuario)
        self._local.tx = tx
        try:
            yield tx
        finally:
            self._local.tx = fora
        self._publicar(tx)

    def segurar(self, *, inicio: datetime | None = None, usuario: int = 2) -> TransacaoRetida:
        """Uma transação que começa agora (ou em `inicio`) e fica aberta: mexe-se dentro dela com `with`, e `publicar()` a torna visível."""
        return TransacaoRetida(self, Transacao(texto_micro(inicio or self.relogio()), usuario))

    def _publicar(self, tx: Transacao) -> None:
        with self.trava:
            for modelo, linhas in tx.linhas.items():
                tabela, indices = self.tabelas[modelo], self._indices_de[modelo]
                for rid, nova in linhas.items():
                    antiga = tabela.get(rid)
                    if nova is not None and antiga is not None:  # só os campos que esta transação tocou: outra pode ter mudado os demais
                        nova = {**antiga, **{c: nova[c] for c in tx.campos[(modelo, rid)]}}
                    for campo, indice in indices:
                        antes = antiga[campo] if antiga else False
                        depois = nova[campo] if nova else False
                        if antes != depois:
                            if antes:
                                indice[antes].discard(rid)
                            if depois:
                                indice[depois].add(rid)
                    if nova is None:
                        tabela.pop(rid, None)
                    else:
                        tabela[rid] = nova

    # --- leitura --------------------------------------------------------------------------------------------------------------
    def modelo(self, nome: str) -> Modelo:
        """O modelo; se não existe, o erro do Odoo (UserError "Object … doesn't exist")."""
        achado = self.esquema.get(nome)
        if achado is None:
            raise erro_do_usuario(f"Object {nome} doesn't exist")
        return achado

    def linha(self, modelo: str, rid: int) -> Linha | None:
        """A linha como esta linha de execução a vê (com o que a transação aberta mudou); None se não há."""
        tx = self._atual
        if tx is not None and rid in tx.linhas[modelo]:
            return tx.linhas[modelo][rid]
        return self.tabelas[modelo].get(rid)

    def exigir(self, modelo: str, rid: int) -> Linha:
        achada = self.linha(modelo, rid)
        if achada is None:
            raise LookupError(f"{modelo}({rid}) não existe no Odoo simulado")
        return achada

    def linhas(self, modelo: str) -> list[Linha]:
        """Todas as linhas visíveis do modelo, em ordem de id."""
        tabela: Mapping[int, Linha | None] = self.tabelas[modelo]
        tx = self._atual
        if tx is not None and tx.linhas.get(modelo):
            tabela = {**tabela, **tx.linhas[modelo]}
        return [x for _, x in sorted(tabela.items()) if x is not None]

    def filhos(self, modelo: str, campo: str, dono: int) -> list[int]:
        """Os ids de `modelo` cujo many2one `campo` aponta para `dono` (o outro lado do one2many), em ordem."""
        base = set(self._indices[(modelo, campo)].get(dono, ()))
        tx = self._atual
        if tx is not None and modelo in tx.linhas:
            for rid, x in tx.linhas[modelo].items():
                if x is not None and x[campo] == dono:
                    base.add(rid)
                else:
                    base.discard(rid)
        return sorted(base)

    # --- escrita crua ---------------------------------------------------------------------------------------------------------
    def novo_id(self, modelo: str) -> int:
        with self.trava:
            self._ultimo_id[modelo] += 1
            return self._ultimo_id[modelo]

    def proximo_id(self, modelo: str, rid: int) -> None:
        """O próximo registro criado em `modelo` terá o id `rid` (para provar ids acima de 2³¹)."""
        self._ultimo_id[modelo] = rid - 1

    def em_branco(self, modelo: str) -> Linha:
        branco = self._brancos.get(modelo)
        if branco is None:
            m = self.esquema[modelo]
            branco = self._brancos[modelo] = {n: m.campos[n].vazio for n in m.gravados}
        return dict(branco)

    def inserir_cru(self, modelo: str, valores: Mapping[str, Any]) -> int:
        """Cria a linha com os valores como vieram (já no formato do RPC), sem padrões nem regras; preenche só id, autoria e datas."""
        with self.transacao() as tx:
            rid: int = valores.get("id") or self.novo_id(modelo)
            if rid > self._ultimo_id[modelo]:
                self._ultimo_id[modelo] = rid
            linha = self.em_branco(modelo)
            linha.update(create_date=tx.inicio, write_date=tx.inicio, create_uid=tx.usuario, write_uid=tx.usuario)
            linha.update(valores)
            linha["id"] = rid
            tx.linhas[modelo][rid] = linha
            tx.campos[(modelo, rid)] = set(linha)
            return rid

    def escrever_cru(self, modelo: str, rid: int, valores: Mapping[str, Any], *, mover: bool = True) -> None:
        """Grava os valores como vieram (até NaN, 1e30 e caracteres de controle), sem regras. `mover=False` não toca em write_date."""
        with self.transacao() as tx:
            linha = dict(self.exigir(modelo, rid))
            linha.update(valores)
            tocados = tx.campos.setdefault((modelo, rid), set())
            tocados.update(valores)
            if mover:
                linha.update(write_date=tx.inicio, write_uid=tx.usuario)
                tocados.update(("write_date", "write_uid"))
            tx.linhas[modelo][rid] = linha

    def excluir_cru(self, modelo: str, rid: int) -> None:
        """Tira a linha da tabela, sem deixar rastro."""
        with self.transacao() as tx:
            self.exigir(modelo, rid)
            tx.linhas[modelo][rid] = None

    def coagir(self, modelo: str, campo: Campo, valor: Any) -> Any:
        """O valor como a linha o guarda: números do tipo certo, datas em texto UTC, `False` para vazio, many2many em tupla."""
        tipo = campo.tipo
        if tipo in ("float", "monetary"):
            return float(valor or 0)
        if tipo == "integer":
            return int(valor or 0)
        if tipo == "boolean":
            return bool(valor)
        if tipo == "many2many":
            return _ids_de(valor)
        if valor is None or valor is False or valor == "":
            return False
        if isinstance(valor, datetime):
            return (valor.astimezone(UTC) if valor.tzinfo else valor).strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(valor, date):
            return valor.isoformat()
        if tipo == "selection" and campo.selecao and valor not in campo.selecao:
            raise erro_de_valor(f"Wrong value for {modelo}.{campo.nome}: {valor!r}")
        return valor


def _ids_de(valor: Any) -> tuple[int, ...]:
    ids: list[int] = []
    for item in valor or ():
        if isinstance(item, int):
            ids.append(item)
        elif item[0] == 6:
            ids = list(item[2])
        elif item[0] == 4:
            ids.append(item[1])
        elif item[0] == 5:
            ids = []
    return tuple(dict.fromkeys(ids))
