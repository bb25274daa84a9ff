"""Uma revisão por arquivo: NNNN_assunto.py. Publicada, uma revisão não muda mais: o que vem depois é outra."""
