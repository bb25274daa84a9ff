"""As regras do planejamento: funções puras sobre valores, sem sessão, sem relógio, sem Odoo."""
