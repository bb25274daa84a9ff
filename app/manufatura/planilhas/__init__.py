"""Planilhas: dados que entram e saem por XLSX ou CSV, como as pessoas os fazem no Brasil."""
