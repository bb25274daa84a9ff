#!/bin/bash
# make teste-odoo-real: instala e semeia o que falta dos Odoo 14 e 19 de verdade (odoo-real/), roda os testes que os pedem e
# desliga os que não estavam ligados antes. Uso: ferramentas/odoo_real.sh [opções do pytest]. Precisa de root e Debian 12.
set -euo pipefail
cd "$(dirname "$0")/.."
kit=odoo-real
export ODOO_REAL_DIR=${ODOO_REAL_DIR:-$HOME/.cache/odoo-real}
[ "$(id -u)" -eq 0 ] || { echo "Os Odoo de verdade só se instalam como root (e no Debian 12): veja odoo-real/README.md." >&2; exit 1; }

ligar=()
for versao in 14 19; do
    "$kit/preparar.sh" "$versao"
    porta=ODOO_REAL_PORTA_$versao
    (exec 3<>"/dev/tcp/127.0.0.1/${!porta:-80$versao}") 2>/dev/null || ligar+=("$versao")
    for tamanho in pequeno medio; do
        [ -s "$ODOO_REAL_DIR/dumps/o${versao}_$tamanho.dump" ] && continue
        (
            eval "$("$kit/ligar.sh" "$versao" "$tamanho")"
            python3 "$kit/semear.py" --tamanho "$tamanho"
        )
    done
done

resultado=0
.venv/bin/python -m pytest -q --odoo-real -m odoo_real --timeout 1200 "$@" || resultado=$?
for versao in "${ligar[@]}"; do
    "$kit/desligar.sh" "$versao"
done
exit "$resultado"
