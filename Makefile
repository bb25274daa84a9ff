# Manufatura. `make ajuda` mostra o que há. Os caminhos são relativos e tudo roda por `.venv/bin/python -m`,
# para que a pasta possa ter espaços e acentos.
SHELL := /bin/sh
.DEFAULT_GOAL := ajuda
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
PYTHON ?= python3
export PYTHON
# opções a mais para o pytest:  make teste OPCOES="-k pedidos"
OPCOES ?=

.PHONY: ajuda demo teste teste-longo teste-odoo-real verificar formatar bench migracao travar instalar limpar

ajuda: ## mostra esta lista
	@echo "Manufatura: planejamento e controle da produção ao lado do Odoo"
	@echo
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r alvo texto; do printf '  make %-16s %s\n' "$$alvo" "$$texto"; done
	@echo
	@echo "Depois de 'make instalar', o programa é .venv/bin/manufatura (veja .venv/bin/manufatura --help)."

demo: .venv/.pronto ## mostra o sistema inteiro funcionando, sem configurar nada
	@$(PY) -m app demo $(OPCOES)

instalar: .venv/.pronto ## prepara o ambiente (.venv) com o programa manufatura

teste: .venv/.pronto-dev ## roda os testes (OPCOES="-k pedidos" para alguns)
	@$(PY) -m pytest -n logical --dist worksteal -q $(OPCOES)

teste-longo: .venv/.pronto-dev ## roda também as varreduras de muitos minutos
	@$(PY) -m pytest -n logical --dist worksteal -q --longo -m longo --timeout 3600 $(OPCOES)

teste-odoo-real: .venv/.pronto-dev ## roda os testes em Odoo 14 e 19 de verdade (root, Debian 12; instala e semeia na primeira vez)
	@ferramentas/odoo_real.sh $(OPCOES)

verificar: .venv/.pronto-dev ## estilo, formato, tipos, setas de importação, migrações contra modelos
	@ferramentas/verificar.sh

formatar: .venv/.pronto-dev ## arruma o formato e o que o ruff sabe corrigir
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: .venv/.pronto-dev ## mede: importação, volume e carga (um só: python -m bench NOME)
	@$(PY) -m bench $(OPCOES)

migracao: .venv/.pronto-dev ## cria uma migração do que mudou nos modelos (OPCOES="o que mudou")
	@$(PY) -m app.banco.nova_revisao "$(OPCOES)"

travar: ## refaz requirements*.lock com as versões novas (precisa do uv)
	@uv pip compile pyproject.toml --group construcao --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	    --universal --python-version 3.11 --upgrade -q -o requirements.lock
	@uv pip compile pyproject.toml --group dev -c requirements.lock --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	    --universal --python-version 3.11 --upgrade -q -o requirements-dev.lock

limpar: ## apaga o .venv e os restos de ferramentas (nunca os dados)
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info

.venv/.pronto: requirements.lock pyproject.toml ferramentas/ambiente.sh
	@ferramentas/ambiente.sh requirements.lock
	@touch .venv/.pronto

.venv/.pronto-dev: requirements-dev.lock pyproject.toml ferramentas/ambiente.sh
	@ferramentas/ambiente.sh requirements-dev.lock
	@touch .venv/.pronto .venv/.pronto-dev
