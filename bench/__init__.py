"""As bancadas de medida: `python -m bench NOME`."""
