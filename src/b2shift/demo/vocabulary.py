"""The vendor's category names and the invented names of companies and people."""

from typing import NamedTuple


class Archetype(NamedTuple):
    """A kind of customer: mean traits, the family it lives on, the telemetry line it sends."""

    size: float
    tenure: float
    engagement: float
    satisfaction: float
    friction: float
    growth: float
    price: float
    family: str
    line: int


ARCHETYPES = {
    "fabrica_enraizada": Archetype(1.2, 0.9, 0.7, 0.1, 0.6, 0.0, 0.1, "BACKOFFICE", 3),
    "escritorio_em_dia": Archetype(0.2, 0.3, 0.5, 0.5, -0.3, 0.1, 0.0, "BACKOFFICE", 2),
    "rede_de_lojas": Archetype(0.5, -0.2, 0.3, 0.0, 0.6, 0.5, 0.5, "VAREJO", 6),
    "atacado_em_rota": Archetype(0.4, 0.4, 0.3, 0.2, 0.2, 0.1, 0.2, "DISTRIBUICAO", 2),
    "hotel_sazonal": Archetype(-0.6, 0.1, -0.5, 0.1, -0.1, -0.3, 0.2, "HOSPITALIDADE", 1),
    "gente_digital": Archetype(-0.6, -1.1, 0.2, 0.5, -0.4, 0.5, 0.1, "RH", 11),
    "balcao_pequeno": Archetype(-1.5, -0.4, -0.6, -0.2, -0.2, -0.5, 0.9, "MICRO", 13),
    "escola_e_clinica": Archetype(0.1, 0.0, 0.4, 0.1, 0.4, 0.1, 0.1, "VERTICAL", 3),
    "casa_antiga": Archetype(0.0, 1.2, -1.3, -0.7, 0.1, -0.9, 0.6, "BACKOFFICE", 2),
    "nuvem_crescente": Archetype(0.6, -0.3, 0.9, 0.6, 0.0, 1.2, -0.3, "CLOUD", 2),
}

SEGMENTS: dict[str, float] = {
    "SERVICOS": 23, "VAREJO": 21, "MANUFATURA": 20, "DISTRIBUICAO": 9, "CONSTRUCAO E PROJETOS": 7, "LOGISTICA": 6,
    "HOSPITALITY": 5, "EDUCACIONAL": 5, "SAUDE": 3, "AGROINDUSTRIA": 2.5, "JURIDICO": 1.5, "FINANCIAL SERVICES": 0.5,
}  # fmt: skip

ARCHETYPES_OF_SEGMENT: dict[str, dict[str, float]] = {
    "SERVICOS": {
        "escritorio_em_dia": 5,
        "gente_digital": 7,
        "balcao_pequeno": 3,
        "casa_antiga": 2,
        "nuvem_crescente": 3,
    },
    "VAREJO": {"rede_de_lojas": 9, "balcao_pequeno": 5, "gente_digital": 2, "casa_antiga": 2, "nuvem_crescente": 1},
    "MANUFATURA": {"fabrica_enraizada": 9, "escritorio_em_dia": 5, "casa_antiga": 3, "nuvem_crescente": 3},
    "DISTRIBUICAO": {"atacado_em_rota": 10, "escritorio_em_dia": 2, "casa_antiga": 2, "nuvem_crescente": 1},
    "CONSTRUCAO E PROJETOS": {"escritorio_em_dia": 5, "gente_digital": 4, "fabrica_enraizada": 2, "casa_antiga": 2},
    "LOGISTICA": {"atacado_em_rota": 5, "escritorio_em_dia": 4, "nuvem_crescente": 2, "casa_antiga": 1},
    "HOSPITALITY": {"hotel_sazonal": 12, "balcao_pequeno": 2},
    "EDUCACIONAL": {"escola_e_clinica": 9, "gente_digital": 3, "casa_antiga": 1},
    "SAUDE": {"escola_e_clinica": 7, "gente_digital": 3, "escritorio_em_dia": 2},
    "AGROINDUSTRIA": {"fabrica_enraizada": 5, "escritorio_em_dia": 4, "casa_antiga": 2},
    "JURIDICO": {"escola_e_clinica": 8, "gente_digital": 2, "casa_antiga": 1},
    "FINANCIAL SERVICES": {"escola_e_clinica": 4, "nuvem_crescente": 2},
}

SUB_SEGMENTS = {
    "SERVICOS": ("PROVEDOR SERVICOS", "PROVEDOR DE SERVICOS", "VIAGENS", "UTILITIES", "UTILITES", "TI & TELECOM",
        "BPO", "LOCAÇÃO"),
    "VAREJO": ("SUPERMERCADO", "MATERIAL DE CONSTRUCAO", "MAGAZINE E LOJA DE DEPARTAMENTOS", "MODA", "DROGARIA"),
    "MANUFATURA": ("BENS DE CAPITAL", "BENS DE CONSUMO", "METAL-MECANICO & PLASTICO", "QUIMICA & RECICLAGEM",
        "BENS DURAVEIS"),
    "DISTRIBUICAO": ("ATACADISTA E DISTRIBUIDOR",),
    "CONSTRUCAO E PROJETOS": ("CONSTRUTORAS", "INCORPORADORAS", "ENGENHARIA & DESIGN"),
    "LOGISTICA": ("TRANSPORTADOR", "OPERADOR LOGISTICO", "ATACADISTA E DISTRIBUIDOR"),
    "HOSPITALITY": ("HOSPEDAGEM", "SERVICOS DE RESERVA"),
    "EDUCACIONAL": ("EDUCACAO CONTINUADA", "BASICO", "SUPERIOR"),
    "SAUDE": ("CENTROS CLINICOS", "HOSPITAIS", "OPERADORAS DE PLANOS DE SAUDE"),
    "AGROINDUSTRIA": ("SUCROENERGETICO", "PRODUCAO DE CULTIVOS", "GRAOS"),
    "JURIDICO": ("ESCRITORIO DE ADVOCACIA", "JURIDICO"),
    "FINANCIAL SERVICES": ("SEGURADORAS", "BANCOS E FINANCEIRAS"),
}  # fmt: skip

CNAES = {
    "SERVICOS": ("Servicos combinados de escritorio e apoio administrativo", "Atividades de contabilidade",
        "Lanchonetes e similares"),
    "VAREJO": ("Comercio varejista de artigos do vestuario",
        "Comercio varejista de materiais de construcao em geral", "Padarias"),
    "MANUFATURA": ("Fabricacao de embalagens de material plastico", "Fabricacao de moveis",
        "Fabricacao de pecas para veiculos"),
    "DISTRIBUICAO": ("Comercio atacadista de produtos alimenticios em geral", "Comercio atacadista de bebidas"),
    "CONSTRUCAO E PROJETOS": ("Construcao de edificios", "Servicos de engenharia"),
    "LOGISTICA": ("Transporte rodoviario de carga", "Armazens gerais"),
    "HOSPITALITY": ("Hoteis", "Apart-hoteis"),
    "EDUCACIONAL": ("Ensino fundamental", "Educacao superior - graduacao", "Ensino de idiomas"),
    "SAUDE": ("Atividades de atendimento hospitalar", "Laboratorios clinicos",
        "Atividades de apoio … gestao de saude"),
    "AGROINDUSTRIA": ("Fabricacao de acucar em bruto", "Cultivo de soja", "Atividades de apoio … producao florestal"),
    "JURIDICO": ("Servicos advocaticios", "Cartorios"),
    "FINANCIAL SERVICES": ("Seguros nao-vida", "Cooperativas de credito mutuo"),
}  # fmt: skip

CITIES: dict[tuple[str, str], float] = {
    ("SAOPAULO", "SP"): 16, ("RIODEJANEIRO", "RJ"): 5, ("BELOHORIZONTE", "MG"): 4, ("BRASILIA", "DF"): 3,
    ("CURITIBA", "PR"): 3, ("FLORIANOPOLIS", "SC"): 2, ("RECIFE", "PE"): 2, ("GOIANIA", "GO"): 2, ("FORTALEZA",
        "CE"): 2,
    ("MANAUS", "AM"): 2, ("PORTOALEGRE", "RS"): 2, ("SALVADOR", "BA"): 2, ("CAMPINAS", "SP"): 2, ("BARUERI", "SP"): 2,
    ("GUARULHOS", "SP"): 1, ("JOINVILLE", "SC"): 1, ("RIBEIRAOPRETO", "SP"): 1, ("JUNDIAI", "SP"): 1, ("SOROCABA",
        "SP"): 1,
    ("CONTAGEM", "MG"): 1, ("UBERLANDIA", "MG"): 1, ("LONDRINA", "PR"): 1, ("MARINGA", "PR"): 1, ("CASCAVEL",
        "PR"): 1,
    ("CAXIASDOSUL", "RS"): 1, ("BLUMENAU", "SC"): 1, ("CHAPECO", "SC"): 1, ("VITORIA", "ES"): 1, ("CUIABA", "MT"): 1,
    ("BELEM", "PA"): 1, ("NATAL", "RN"): 1, ("JOAOPESSOA", "PB"): 1, ("MACEIO", "AL"): 1, ("ARACAJU", "SE"): 1,
    ("TERESINA", "PI"): 1, ("SAOLUIS", "MA"): 1, ("CAMPOGRANDE", "MS"): 1, ("PORTOVELHO", "RO"): 0.5, ("PALMAS",
        "TO"): 0.5,
    ("SANTOS", "SP"): 1, ("BAURU", "SP"): 1, ("FRANCA", "SP"): 1, ("LIMEIRA", "SP"): 0.6, ("ITAJAI", "SC"): 0.8,
    ("ANAPOLIS", "GO"): 0.6, ("JUIZDEFORA", "MG"): 0.6, ("FEIRADESANTANA", "BA"): 0.5, ("PELOTAS", "RS"): 0.5,
    ("MONTEVIDEO", "EX"): 0.2,
}  # fmt: skip

BANDS = (
    "Faixa 00 - Ate 4,5 M", "Faixa 01 - De 4,5 M ate 7,5 M", "Faixa 02 - De 7,5 M ate 15 M",
    "Faixa 03 - De 15 M ate 25 M",
    "Faixa 04 - De 25 M ate 35 M", "Faixa 05 - De 35 M ate 50 M", "Faixa 06 - De 50 M ate 75 M",
    "Faixa 07 - De 75 M ate 150 M",
    "Faixa 08 - De 150 M ate 300 M", "Faixa 09 - De 300 M ate 500 M", "Faixa 10 - De 500 M ate 850 M",
    "Faixa 11 - Acima de 850 M",
)  # fmt: skip
NO_BAND = "Sem Informações de Faturamento"

STAGES = ("qualificacao", "diagnostico", "proposta", "negociacao", "fechamento")
RIVALS = ("planilhas", "sistema proprio", "SAP Business One", "Senior", "Sankhya", "Oracle NetSuite", "Omie", "Linx")
QUEUES: dict[str, float] = {
    "Protheus Financeiro e Planejamento": 5, "Protheus Recursos Humanos": 5, "PC - Fiscal": 4, "PC - Estoque": 3,
    "PC - Contábil": 3, "PC - Folha": 3, "PC - Integração": 2, "AGT CLOUD PROTHEUS STD": 6, "CST - Cadastros": 5,
    "CST - Atendimento": 4, "CST - Contratos de Vendas": 3, "Fábrica Consinco": 2, "RM Upgrade": 1,
}  # fmt: skip

COMPANY_KINDS = {
    "SERVICOS": ("Assessoria", "Serviços"), "VAREJO": ("Lojas", "Mercado"), "MANUFATURA": ("Metalúrgica", "Fábrica"),
    "DISTRIBUICAO": ("Atacado", "Distribuidora"), "CONSTRUCAO E PROJETOS": ("Engenharia", "Construções"),
    "LOGISTICA": ("Transportadora", "Logística"), "HOSPITALITY": ("Pousada", "Hotel"), "EDUCACIONAL": ("Escola",
        "Faculdade"),
    "SAUDE": ("Clínica", "Hospital"), "AGROINDUSTRIA": ("Agrícola", "Usina"), "JURIDICO": ("Advocacia", "Cartório"),
    "FINANCIAL SERVICES": ("Seguros", "Crédito"),
}  # fmt: skip
COMPANY_NOUNS = (
    "Andorinha", "Aroeira", "Baobá", "Beira-Rio", "Cajueiro", "Canela", "Capim", "Caravela", "Carnaúba", "Cascata",
    "Cedro",
    "Chapada", "Coqueiro", "Encosta", "Figueira", "Garoa", "Gaivota", "Ipê", "Itaúba", "Jabuticaba", "Jacarandá",
    "Jangada",
    "Lamparina", "Mandacaru", "Maré", "Mirante", "Neblina", "Oficina", "Paineira", "Peroba", "Pitanga", "Sabiá",
    "Seriema",
    "Tamarindo", "Umbuzeiro", "Varanda", "Vereda",
)  # fmt: skip
COMPANY_QUALITIES = (
    "Alta", "Antiga", "Azul", "Branca", "Clara", "Comprida", "da Barra", "da Colina", "da Ponte", "da Praça",
    "da Ribeira",
    "da Serra", "de Ouro", "de Prata", "do Campo", "do Cerrado", "do Norte", "do Porto", "do Sol", "do Sul",
    "do Vale",
    "Grande", "Leve", "Mansa", "Nova", "Real", "Serena", "Verde", "Vermelha",
)  # fmt: skip
COMPANY_FORMS = ("Ltda", "S.A.", "EIRELI", "ME")
GIVEN_NAMES = (
    "Aline", "Benedito", "Cecília", "Dalva", "Edson", "Flávia", "Geraldo", "Helena", "Ítalo", "Jussara", "Kátia",
    "Leandro",
    "Míriam", "Norberto", "Odete", "Patrício", "Quitéria", "Rogério", "Simone", "Tadeu", "Úrsula", "Valdir", "Wanda",
    "Yasmin",
)  # fmt: skip
FAMILY_NAMES = (
    "Alecrim", "Bromélia", "Camélia", "Dália", "Espinosa", "Framboesa", "Gerânio", "Hortênsia", "Jasmim", "Lavanda",
    "Magnólia",
    "Narciso", "Orquídea", "Petúnia", "Romã", "Sálvia", "Tulipa", "Violeta", "Zínia",
)  # fmt: skip
