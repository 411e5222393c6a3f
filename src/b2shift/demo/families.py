"""The vendor's fourteen product families: what is sold in each, and what one leads to."""

from typing import NamedTuple


class Family(NamedTuple):
    """Brands, revenue lines and modules of a product family, its price level (log R$/month) and its base appeal."""

    brands: tuple[str, ...]
    lines: tuple[str, ...]
    modules: tuple[str, ...]
    price: float
    appeal: float


FAMILIES = {
    "BACKOFFICE": Family(
        ("BACKOFFICE - CORE", "CROSS - TRADICIONAL", "CROSS - INTERA", "MANUFATURA - CORE"),
        ("CDU TOTVS SERIE T", "SMS TOTVS SERIE T", "SAAS INTERA SOFTWARE"),
        ("FINANCEIRO", "FATURAMENTO", "ESTOQUE", "COMPRAS", "FISCAL", "CONTABIL"), 6.0, 0.6,
    ),
    "RH": Family(
        ("RH - CORE", "FEEDZ", "RH - PARCEIRO"),
        ("SAAS SERIE T", "CDU TOTVS SERIE T", "SAAS CDU ALUGUEL"),
        ("FOLHA", "PONTO", "AVALIACAO DE DESEMPENHO", "MED SEG TRABALHO"), 4.6, -0.4,
    ),
    "VAREJO": Family(
        ("DISTRIBUICAO & VAREJO - CORE", "SUPERMERCADOS - CORE"),
        ("SAAS TEF", "CDU TOTVS SERIE T", "SAAS TEF LEGADO"),
        ("PDV", "RETAGUARDA", "CONCILIADOR DE CARTOES", "LICENCA CNPJ"), 5.2, -1.6,
    ),
    "DISTRIBUICAO": Family(
        ("DISTRIBUICAO & LOGISTICA - CORPORATIVO", "LOGISTICA - CORE"),
        ("SMS TOTVS SERIE T", "CDU TOTVS SERIE T", "SAAS SERIE T"),
        ("WMS", "TMS", "ROTEIRIZADOR", "FORCA DE VENDAS"), 5.4, -1.7,
    ),
    "HOSPITALIDADE": Family(
        ("HOSPITALIDADE - CORE", "HOSPITALIDADE - PARCEIRO"),
        ("SAAS CMNET HOTAL", "SMS CMNET HOTAL"),
        ("FRONT-OFFICE", "RESERVAS WEB", "EVENTOS", "ALMOXARIFADO"), 4.8, -3.0,
    ),
    "MICRO": Family(
        ("MICRO E PEQUENOS NEGOCIOS",),
        ("CDU BEMATECH", "SAAS BEMATECH", "SMS BEMATECH"),
        ("EMISSOR FISCAL NFC-E", "MISTERCHEF", "FLY01"), 3.4, -2.6,
    ),
    "VERTICAL": Family(
        ("EDUCACIONAL - CORPORATIVO", "SAUDE - CORPORATIVO", "JURIDICO - PARCEIRO", "CONSTRUCAO - CORE"),
        ("CDU TOTVS SERIE T", "SAAS SERIE T", "SMS TOTVS SERIE 3"),
        ("GESTAO ACADEMICA", "PRONTUARIO", "PROCESSOS", "OBRAS"), 5.6, -1.9,
    ),
    "CLOUD": Family(
        ("CLOUD", "CLOUD INTERA"),
        ("CLOUD COMPUTING.", "CLOUD INTERA", "CLOUD SETUP"),
        ("CLOUD IAAS 36M", "BACKUP", "EDGE PROTECTION"), 6.2, -1.1,
    ),
    "FLUIG": Family(
        ("FLUIG - CORE", "FLUIG - PARCEIRO"),
        ("SAAS FLUIG", "CDU FLUIG"),
        ("FLUIG BPM", "FLUIG ECM", "ASSINATURA ELETRONICA"), 4.7, -1.3,
    ),
    "CRM": Family(
        ("TOTVS CRM", "RD STATION - PARCEIRO"),
        ("SAAS CRM WS", "SMS CRM WS"),
        ("CRM SFA", "CRM GESTAO", "RD STATION PRO"), 4.6, -1.9,
    ),
    "ANALYTICS": Family(
        ("GOODDATA", "TECNOLOGIA"),
        ("SAAS SERIE T", "CDU TECNOLOGIA"),
        ("GOODDATA WORKSPACE", "SMART ANALYTICS"), 5.0, -2.1,
    ),
    "TECHFIN": Family(
        ("TECHFIN", "GESPLAN"),
        ("SAAS TECHFIN", "SAAS\u00a0TECHFIN\u00a0FAT\u00a0MANUAL", "RECEITA TRANSACIONAL"),
        ("ANTECIPA", "PIX COBRANCA", "PAINEL FINANCEIRO"), 4.6, -2.0,
    ),
    "SERVICOS": Family(
        ("SERVICOS DE IMPLANTACAO", "AMS", "PRIME"),
        ("CONSULTORIA TRADICIONAL", "SERVIÇOS MENSALIZADOS", "SMS PRIME"),
        ("HORA SUPORTE", "HORA CONSULTORIA", "HORA IMPLANTACAO"), 4.9, -0.7,
    ),
    "TECNOLOGIA": Family(
        ("PROGRESS", "SOFTWARE COMPLEMENTAR"),
        ("SOFTWARE COMPLEMENTAR", "CDU TOTVS SERIE T"),
        ("PROGRESS USER", "BANCO DE DADOS", "CERTIFICADO"), 4.4, -1.0,
    ),
}  # fmt: skip

NAMES = tuple(FAMILIES)

LEADS_TO = (
    ("BACKOFFICE", "CLOUD", 0.8), ("BACKOFFICE", "FLUIG", 0.6), ("VAREJO", "TECHFIN", 0.9), ("DISTRIBUICAO", "CRM",
        0.8),
    ("CLOUD", "ANALYTICS", 0.9), ("RH", "FLUIG", 0.5), ("HOSPITALIDADE", "TECHFIN", 0.5), ("MICRO", "TECHFIN", 0.5),
)  # fmt: skip
"""Owning the first makes the second more wanted, by so much log-odds."""

FORMS = ("CDU", "SMS", "SAAS", "LICENCA", "MNT")
PLANS = ("TRAD", "INTERA", "P", "M", "G", "36M")
