"""A prova de completude: o que o Odoo tem, lido de novo por outro caminho, contra o que está guardado.

Cada `Lado` lê do Odoo ids e o mínimo de campos, sem usar o mapa da importação (nem `linha` nem `selecao`): só o domínio
do que se importa é comum. Se a importação tiver um engano, ele aparece aqui em vez de se repetir.
"""
