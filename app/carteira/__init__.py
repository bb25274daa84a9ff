"""Tabelas que o planejamento lê; quem as preenche são as planilhas do PCP."""
