"""As tabelas do módulo, uma família por arquivo; `app.manufatura.models` as reúne com os nomes públicos."""
