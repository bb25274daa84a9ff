"""A vida de uma ordem pelas mãos de uma pessoa: uma função por passo, cada uma na transação de quem chama e na auditoria.

Quem chama toma antes a trava do planejamento (mto/trava.py) e roda depois a rodada, que leva a mudança às filhas, ao estoque dado
e aos avisos (jobs/vida_da_ordem.py faz as duas coisas). Fonte das regras: planejamento.md (The order).
"""
