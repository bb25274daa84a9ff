"""Nomes que soam verdadeiros para uma fábrica de móveis no Brasil: insumos, produtos, fornecedores. Todos inventados."""

from __future__ import annotations

# família de insumo → (prefixo do código, unidade, faixa de preço em reais, faixa de quantidade por compra, variações)
INSUMOS: dict[str, tuple[str, str, tuple[float, float], tuple[int, int], tuple[str, ...]]] = {
    "Chapa MDF 15 mm": (
        "MDF15",
        "unidade",
        (118.0, 210.0),
        (10, 120),
        ("Branco TX", "Cinza Cristal", "Carvalho Hanover", "Freijó", "Preto TX", "Nogal Terracota", "Areia", "Louro Freijó"),
    ),
    "Chapa MDF 18 mm": (
        "MDF18",
        "unidade",
        (139.0, 265.0),
        (10, 90),
        ("Branco TX", "Cinza Sagrado", "Carvalho Málaga", "Jequitibá", "Grafite", "Nude", "Verde Jade"),
    ),
    "Chapa MDP 15 mm": ("MDP15", "unidade", (92.0, 160.0), (20, 150), ("Branco", "Amêndoa", "Rovere", "Tabaco", "Grafito")),
    "Fundo HDF 3 mm": ("HDF3", "unidade", (38.0, 61.0), (20, 200), ("Branco", "Cru", "Cinza")),
    "Compensado naval 10 mm": ("CPN10", "unidade", (155.0, 230.0), (5, 60), ("2,20 × 1,60", "2,44 × 1,22")),
    "Fita de borda PVC 22 mm": (
        "FBP22",
        "m",
        (0.42, 1.35),
        (300, 3000),
        ("Branco TX", "Cinza Cristal", "Carvalho Hanover", "Freijó", "Preto TX", "Nogal", "Areia", "Grafite", "Rovere"),
    ),
    "Fita de borda ABS 35 mm": ("FBA35", "m", (1.10, 2.90), (200, 1500), ("Branco", "Freijó", "Preto", "Carvalho", "Louro")),
    "Dobradiça 35 mm": (
        "DOB35",
        "unidade",
        (3.2, 14.9),
        (100, 2000),
        ("reta com amortecedor", "curva com amortecedor", "supercurva", "reta simples", "165 graus", "vidro"),
    ),
    "Corrediça telescópica": (
        "COR",
        "unidade",
        (16.0, 58.0),
        (50, 600),
        ("250 mm", "300 mm", "350 mm", "400 mm", "450 mm", "500 mm", "450 mm com freio", "500 mm com freio"),
    ),
    "Puxador": (
        "PUX",
        "unidade",
        (4.9, 39.0),
        (50, 900),
        (
            "perfil alumínio 128 mm",
            "perfil alumínio 256 mm",
            "concha inox",
            "cava preto",
            "botão bronze",
            "alça cromada 160 mm",
            "gola 3 m",
        ),
    ),
    "Parafuso chipboard": ("PAR", "duzia", (0.9, 4.8), (50, 900), ("3,5 × 14", "3,5 × 25", "4,0 × 16", "4,0 × 40", "4,5 × 50", "5,0 × 60")),
    "Parafuso minifix": ("MFX", "unidade", (0.35, 0.95), (500, 8000), ("15 mm zincado", "18 mm zincado", "haste 34 mm", "tambor 12 mm")),
    "Cavilha de madeira": ("CAV", "duzia", (0.6, 1.9), (80, 1200), ("6 × 30", "8 × 30", "8 × 40", "10 × 50")),
    "Pé nivelador": ("PEN", "unidade", (0.9, 12.5), (100, 1500), ("10 mm", "27 mm", "100 mm regulável", "150 mm regulável")),
    "Rodízio": ("ROD", "unidade", (5.9, 21.0), (40, 500), ("silicone 35 mm", "gel 50 mm com freio", "gel 50 mm", "nylon 50 mm")),
    "Cantoneira metálica": ("CTN", "unidade", (0.45, 2.3), (200, 3000), ("20 × 20", "30 × 30", "50 × 50", "reforçada")),
    "Suporte de prateleira": ("SUP", "unidade", (0.3, 3.9), (200, 4000), ("pino 5 mm", "pino com trava", "invisível 12 mm", "vidro")),
    "Cola branca PVA": ("CLP", "kg", (9.5, 16.0), (20, 300), ("extra forte", "D3 resistente")),
    "Cola hot melt": ("CLH", "kg", (28.0, 47.0), (10, 150), ("coladeira granulada", "alta temperatura")),
    "Verniz poliuretano": ("VRN", "l", (38.0, 72.0), (10, 120), ("fosco", "acetinado", "alto brilho")),
    "Lixa de cinta": ("LIX", "unidade", (6.5, 15.0), (20, 400), ("grão 80", "grão 120", "grão 180", "grão 220")),
    "Tubo de aço 20 × 20": ("TUB20", "m", (9.9, 17.5), (60, 900), ("preto 1,2 mm", "zincado 1,2 mm", "preto 1,5 mm")),
    "Tubo de aço 30 × 30": ("TUB30", "m", (14.0, 25.0), (60, 600), ("preto 1,2 mm", "preto 1,5 mm")),
    "Vidro temperado 8 mm": (
        "VID8",
        "unidade",
        (89.0, 340.0),
        (4, 60),
        ("incolor 60 × 40", "fumê 60 × 40", "incolor 120 × 60", "bronze 90 × 45"),
    ),
    "Espelho 4 mm": ("ESP4", "unidade", (46.0, 190.0), (4, 80), ("40 × 120", "60 × 160", "oval 50 × 70")),
    "Espuma D28": ("ESP28", "unidade", (32.0, 120.0), (10, 180), ("assento 50 × 50 × 8", "encosto 50 × 40 × 5", "bloco 190 × 60 × 10")),
    "Tecido linho": ("TEC", "m", (24.0, 68.0), (30, 500), ("cru", "cinza mescla", "azul petróleo", "terracota", "verde musgo")),
    "Caixa de papelão": (
        "CXP",
        "unidade",
        (3.9, 18.0),
        (100, 1500),
        ("60 × 40 × 12", "120 × 50 × 10", "180 × 60 × 8", "cantoneira de proteção", "onda dupla 100 × 60 × 15"),
    ),
    "Plástico bolha": ("PLB", "m", (0.9, 2.4), (100, 1500), ("1,30 m", "0,60 m")),
    "Manual de montagem": ("MAN", "unidade", (0.8, 2.6), (200, 3000), ("mesa", "guarda-roupa", "rack", "estante", "escrivaninha")),
}

LINHAS = ("Aroeira", "Ipê", "Jacarandá", "Cedro", "Imbuia", "Sucupira", "Araucária", "Pequi")
# móvel → (prefixo, preço de venda)
MOVEIS: dict[str, tuple[str, float]] = {
    "Mesa de jantar 6 lugares": ("MJ6", 1890.0),
    "Guarda-roupa 6 portas": ("GR6", 2490.0),
    "Rack para TV 1,80 m": ("RK18", 899.0),
    "Estante de livros 5 prateleiras": ("EST5", 649.0),
    "Escrivaninha 1,20 m": ("ESC12", 549.0),
    "Cômoda 5 gavetas": ("COM5", 799.0),
    "Criado-mudo 2 gavetas": ("CM2", 329.0),
    "Painel para TV 2,20 m": ("PN22", 759.0),
    "Buffet 4 portas": ("BF4", 1290.0),
    "Cadeira estofada": ("CAD", 389.0),
}
PECAS = (
    "Lateral usinada",
    "Tampo colado",
    "Gaveta montada",
    "Porta usinada",
    "Base montada",
    "Prateleira bordeada",
    "Painel traseiro cortado",
    "Estrutura soldada",
)

_RAMOS = (
    "Painéis",
    "Ferragens",
    "Madeiras",
    "Metalúrgica",
    "Embalagens",
    "Vidros e Espelhos",
    "Tintas e Vernizes",
    "Espumas",
    "Tecidos",
    "Colas e Adesivos",
    "Abrasivos",
    "Plásticos",
)
_CASAS = (
    "Serra Azul",
    "Vale do Itajaí",
    "Boa Vista",
    "Três Rios",
    "Pinheiral",
    "Campo Largo",
    "São Bento",
    "Rio Negrinho",
    "Alto Uruguai",
    "Pedra Branca",
)
_FORMAS = ("Ltda", "Indústria e Comércio Ltda", "S.A.", "EIRELI", "Distribuidora Ltda", "& Filhos Ltda")
VENDEDORES = ("Vendas", "Televendas", "Faturamento")


def fornecedores() -> list[str]:
    """120 razões sociais diferentes, sempre na mesma ordem."""
    return [f"{ramo} {casa} {_FORMAS[(i * 7 + j) % len(_FORMAS)]}" for j, casa in enumerate(_CASAS) for i, ramo in enumerate(_RAMOS)]
