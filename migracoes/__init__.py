"""As migrações do banco (Alembic), na ordem de versoes/; o programa instalado as traz consigo."""
