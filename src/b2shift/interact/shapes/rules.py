"""A policy is archetypes of segments and the contact rules that govern them."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from b2shift.identify.contracts import UnitKey
from b2shift.kernel.contract import Contract

Slug = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=120)]
Text = Annotated[str, Field(min_length=3, max_length=600)]
Name = Annotated[str, Field(min_length=3, max_length=120)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Days = Annotated[int, Field(ge=0, le=730)]


class Kind(StrEnum):
    """What a contact is for."""

    RETENCAO = "retencao"
    RECUPERACAO = "recuperacao"
    EXPANSAO = "expansao"
    RELACIONAMENTO = "relacionamento"
    EDUCACAO = "educacao"
    ONBOARDING = "onboarding"
    ENCANTAMENTO = "encantamento"


class Channel(StrEnum):
    """How a customer is reached."""

    EMAIL = "email"
    WHATSAPP = "whatsapp"
    SMS = "sms"
    TELEFONE = "telefone"
    REUNIAO = "reuniao"
    VISITA = "visita"
    IN_APP = "in_app"
    PORTAL = "portal"

    @property
    def by_people(self) -> bool:
        """Whether a contact by it takes a person's time."""
        return self in (Channel.TELEFONE, Channel.REUNIAO, Channel.VISITA)


class OwnerRole(StrEnum):
    """Who acts."""

    EXECUTOR = "executor"
    GESTOR = "gestor"
    EXECUTIVO = "executivo"


class Cadence(StrEnum):
    """How often: once per calendar period, or once at a moment of the relationship."""

    SEMANA_1 = "semana_1"
    MES_1 = "mes_1"
    INICIO_DE_CICLO = "inicio_de_ciclo"
    MENSAL = "mensal"
    BIMESTRAL = "bimestral"
    TRIMESTRAL = "trimestral"
    SEMESTRAL = "semestral"
    ANUAL = "anual"


class EventName(StrEnum):
    """Something that happened to a customer, found in the ledgers."""

    RENOVACAO_PERDIDA = "renovacao_perdida"
    CONTRATACAO_NOVA = "contratacao_nova"
    CAMPANHA_ACEITA = "campanha_aceita"
    FATURA_VENCIDA = "fatura_vencida"
    CHAMADO_CRITICO_ABERTO = "chamado_critico_aberto"
    CHAMADO_RESOLVIDO_RAPIDO = "chamado_resolvido_rapido"
    PROMOTOR_VIROU_DETRATOR = "promotor_virou_detrator"
    PRIMEIRO_VALOR = "primeiro_valor"
    RECORDE_DE_USO = "recorde_de_uso"
    MARCO_DE_USUARIOS = "marco_de_usuarios"
    PRIMEIRO_PEDIDO = "primeiro_pedido"
    PEDIDO_ATRASADO = "pedido_atrasado"
    PEDIDOS_PARADOS = "pedidos_parados"


class DateName(StrEnum):
    """A date ahead of a customer."""

    ANIVERSARIO_DE_CONTRATO = "aniversario_de_contrato"
    RENOVACAO = "renovacao"


class Situation(StrEnum):
    """State of a customer's contracts."""

    ATIVO = "ativo"
    GRATUITO = "gratuito"
    PENDENTE = "pendente"
    CANCELADO = "cancelado"
    OUTRO = "outro"


class LifeStage(StrEnum):
    """Where a customer is on its way with the vendor."""

    NOVOS = "Novos"
    EM_EXPANSAO = "Em Expansão"
    FIEIS = "Fiéis"
    ESTRATEGICOS = "Estratégicos"


class MarketSegment(StrEnum):
    """The vendor's DS_SEGMENTO."""

    AGROINDUSTRIA = "AGROINDUSTRIA"
    CONSTRUCAO_E_PROJETOS = "CONSTRUCAO E PROJETOS"
    DISTRIBUICAO = "DISTRIBUICAO"
    EDUCACIONAL = "EDUCACIONAL"
    FINANCIAL_SERVICES = "FINANCIAL SERVICES"
    HOSPITALITY = "HOSPITALITY"
    JURIDICO = "JURIDICO"
    LOGISTICA = "LOGISTICA"
    MANUFATURA = "MANUFATURA"
    SAUDE = "SAUDE"
    SERVICOS = "SERVICOS"
    VAREJO = "VAREJO"


ContractBand = Literal["negativo", "zero", "ate_5k", "5_20k", "20_100k", "100_500k", "500k_1m", "acima_1m"]
RevenueBand = Literal["ate_15m", "15_50m", "50_150m", "acima_150m", "sem_info"]
TenureBand = Literal["ate_3", "3_10", "mais_10"]
RevenueLine = Literal["saas", "cdu", "sms", "cloud", "consultoria", "outros"]


class Bounds(Contract):
    """An interval of numbers: at most one lower and one upper end."""

    below: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    at_least: Number | None = None


class Condition(Bounds):
    """One metric within bounds, or equal to a word or a yes/no."""

    metric: str
    equals: bool | str | None = None
    release: Number | None = Field(
        None, description="hysteresis: once met, the condition holds until the metric passes this value"
    )


class CadenceTrigger(Contract):
    """A contact that is due in every period, or once at a moment."""

    kind: Literal["cadence"]
    every: Cadence


class NpsTrigger(Bounds):
    """The customer's NPS (-100 to 100) lies in a band and its newest answer is recent."""

    kind: Literal["nps"]
    fresh_days: int = Field(90, ge=1, le=365, description="days since the newest answer, at most")


class SignalTrigger(Contract):
    """Metrics in bounds: any of some, all of others."""

    any: tuple[Condition, ...] = ()
    all: tuple[Condition, ...] = ()


class TelemetryTrigger(SignalTrigger):
    """Usage metrics of a customer that sends telemetry."""

    kind: Literal["telemetry"]
    min_months: int = Field(2, ge=0, le=12, description="months with use among the last 12, at least")


class ScoreTrigger(SignalTrigger):
    """Scores in bounds."""

    kind: Literal["score"]


class EventTrigger(Contract):
    """Something that happened lately."""

    kind: Literal["event"]
    event: EventName
    within_days: int = Field(30, ge=1, le=730, description="days since it happened, at most")
    after_days: int = Field(0, ge=0, le=730, description="days since it happened, at least")


class DateTrigger(Contract):
    """A date ahead: from `days_before` it until `until_days` before it."""

    kind: Literal["date"]
    date: DateName
    days_before: int = Field(ge=1, le=365)
    until_days: int = Field(0, ge=0, le=365)


Trigger = Annotated[
    CadenceTrigger | NpsTrigger | TelemetryTrigger | ScoreTrigger | EventTrigger | DateTrigger,
    Field(discriminator="kind"),
]


class Audience(Contract):
    """Whom a rule looks at; what is empty does not limit."""

    archetypes: tuple[str, ...] = ()
    life_stages: tuple[LifeStage, ...] = ()
    business_units: tuple[UnitKey, ...] = ()
    situations: tuple[Situation, ...] = (Situation.ATIVO, Situation.GRATUITO, Situation.PENDENTE)
    where: tuple[Condition, ...] = ()


class Rule(Contract):
    """Who is contacted when, why, how and by whom."""

    id: Slug
    name: Name
    audience: Audience = Audience()
    trigger: Trigger
    kind: Kind
    theme: str
    action: Text
    objective: Text | None = Field(None, description="None: the objective of the customer's archetype")
    message: Text | None = Field(None, description="None: the message of the customer's archetype")
    channels: tuple[Channel, ...] = Field(min_length=1)
    owner_role: OwnerRole
    cap_group: str
    priority: int = Field(ge=0, le=100)
    due_days: int | None = Field(
        None,
        ge=0,
        le=90,
        description="business days to act, 0 = on the date; a cadence spreads over its period instead",
    )
    cooldown_days: Days = Field(description="days without a new proposal after a contact on one of the channels")
    credit_offer: bool = Field(False, description="an offer of credit: the prudence conditions apply")
    valid_from: date | None = None
    valid_until: date | None = None


class Profile(Contract):
    """What the members of a segment of this archetype mostly are; what is empty is not looked at."""

    market_segments: tuple[MarketSegment, ...] = ()
    contract_bands: tuple[ContractBand, ...] = ()
    revenue_bands: tuple[RevenueBand, ...] = ()
    tenure_bands: tuple[TenureBand, ...] = ()
    revenue_lines: tuple[RevenueLine, ...] = ()
    onboarding: bool | None = None


class Archetype(Contract):
    """A type of segment that rules are written for."""

    id: Slug
    name: Name
    about: Text
    objective: Text
    message: Text
    profile: Profile
