#!/bin/sh
# Prepara o .venv com as dependências travadas (hashes conferidos) e este projeto instalado nele.
# Uso: ferramentas/ambiente.sh ARQUIVO.lock   (chamado pelo Makefile, que só o faz quando o arquivo muda)
# Usa o uv quando existe; senão, o venv e o pip do Python. Funciona em pasta com espaços e acentos, como root ou não.
set -eu
cd "$(dirname "$0")/.."
trava=$1
python=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1

parar() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 || parar "Falta o Python 3.11 ou mais novo. No Debian e no Ubuntu: apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    parar "O $("$python" --version 2>&1) é antigo: preciso do Python 3.11 ou mais novo. Para usar outro: make PYTHON=/caminho/do/python3.12 …"

# um .venv cujo Python sumiu (sistema atualizado, pasta copiada pela metade) é refeito
if [ -e .venv ] && ! .venv/bin/python -c 'import sys' >/dev/null 2>&1; then
    echo "O .venv daqui não funciona mais; refazendo."
    rm -rf .venv
fi

com_uv() {
    command -v uv >/dev/null 2>&1 || return 1
    echo "Preparando o ambiente com o uv ($trava)…"
    [ -e .venv ] || uv venv -q --python "$python" .venv || return 1
    VIRTUAL_ENV=$PWD/.venv uv pip install -q --require-hashes -r "$trava" || return 1
    VIRTUAL_ENV=$PWD/.venv uv pip install -q --no-build-isolation --no-deps -e . || return 1
}

com_pip() {
    echo "Preparando o ambiente com venv e pip ($trava); na primeira vez leva cerca de um minuto…"
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
            parar "Falta o módulo venv do Python. No Debian e no Ubuntu: apt-get install python3-venv   (depois, o mesmo make de novo)"
        rm -rf .venv
        "$python" -m venv .venv
    fi
    .venv/bin/python -m pip install -q --require-hashes -r "$trava"
    .venv/bin/python -m pip install -q --no-build-isolation --no-deps -e .
}

com_uv || com_pip || parar "Não consegui preparar o ambiente; a mensagem acima diz por quê. Sem rede, o pip não acha os pacotes."
