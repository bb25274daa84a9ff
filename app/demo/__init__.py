"""O Odoo simulado e a fábrica de exemplo: o que a demonstração mostra e os testes usam."""
