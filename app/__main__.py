"""`python -m app` é o programa `manufatura` (serve quando o programa não está no caminho)."""

from app.comandos import principal

principal()
