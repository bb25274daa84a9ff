"""O módulo de manufatura: tabelas, fontes (fluxos de importação), serviços (regras) e jobs."""
