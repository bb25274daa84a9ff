"""As bancadas, em tamanho mínimo: rodam, e o JSON tem as chaves prometidas."""
