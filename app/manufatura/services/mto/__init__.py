"""O planejamento sob encomenda contra o banco: lê tudo de uma vez, decide com as regras puras, grava só o que mudou."""
