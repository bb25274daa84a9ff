"""`manufatura conferir`: o que tem de ser sempre verdade nos nossos dados, e a comparação com o que o Odoo tem.

As consultas daqui são escritas à parte do código que calcula as colunas: se as duas dizem o mesmo, é porque é verdade.
"""
