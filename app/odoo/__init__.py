"""A conversa com o Odoo: protocolos, erros, capacidades e leitura por páginas. Nada sabe de manufatura."""
