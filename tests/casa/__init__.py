"""A casa: configuração, travas, documentos e regras de código que o compilador não confere."""
