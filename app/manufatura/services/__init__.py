"""Regras: recebem valores e devolvem valores; sem HTTP, sem relógio e sem configuração."""
