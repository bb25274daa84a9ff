"""Os fluxos de importação, um por arquivo: o que se pergunta ao Odoo e em que linha cada registro vira."""
