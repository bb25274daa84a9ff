"""O estoque: cadastro dos produtos, movimentos e posição."""
