#!/bin/sh
# Tudo o que `make verificar` confere; roda todas as conferências e diz no fim quais falharam.
set -u
cd "$(dirname "$0")/.."
py=.venv/bin/python
falhas=

conferir() {
    nome=$1
    shift
    if saida=$("$@" 2>&1); then
        echo "$nome: certo"
    else
        printf '%s\n%s: com problemas\n' "$saida" "$nome"
        falhas="$falhas $nome"
    fi
}

conferir estilo "$py" -m ruff check .
conferir formato "$py" -m ruff format --check .
conferir tipos "$py" -m mypy
conferir setas "$py" -c "from importlinter.cli import lint_imports_command as lint; lint()"
conferir migrações "$py" -m app.banco.nova_revisao --conferir

if [ -n "$falhas" ]; then
    echo "Falhou:$falhas" >&2
    exit 1
fi
echo "Tudo certo."
