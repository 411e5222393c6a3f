"""What a token may be good for: each scope opens one capability, and never more than its person's role holds."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.capabilities import Capability


class TokenScope(TextChoices):
    """One thing a program may do with a token. Approving is for people only."""

    CUSTOMERS = "customers:read", _("Ler clientes e a visão 360, sem contatos")
    CONTACTS = "contacts:read", _("Ler contatos, com finalidade e auditoria")
    COMMERCIAL = "commercial:read", _("Ler atividades e oportunidades dos clientes")
    SEGMENTS = "segments:read", _("Ler segmentos")
    MODELS = "models:read", _("Ler modelos e cartões dos scores")
    PROPOSALS = "proposals:read", _("Ler contatos devidos")
    OUTREACH = "outreach:write", _("Preparar contatos e dizer o resultado de tarefas")
    DELIVERY = "delivery:read", _("Ler envios e o que voltou deles")
    EFFECTS = "effects:read", _("Ler o que campanhas mudaram")
    RULES = "rules:read", _("Ler a régua de contatos")
    JOURNEYS = "journeys:read", _("Ler jornadas e quem está nelas")
    QUALITY = "quality:read", _("Ler cargas e qualidade")
    ASK = "answers:read", _("Perguntar e ler respostas")
    OVERVIEW = "overview:read", _("Ler totais da base")


OPENS: dict[TokenScope, Capability] = {scope: Capability[scope.name] for scope in TokenScope}
SCOPE_OF: dict[Capability, TokenScope] = {capability: scope for scope, capability in OPENS.items()}
