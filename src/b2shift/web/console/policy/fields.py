"""The values of the rules of contact that people change in a form: in what order, under what words, in what unit."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.interact.contracts import Channel, Kind, OwnerRole
from b2shift.web.console.formats import typed_number

Words = str | Promise


@dataclass(frozen=True)
class PolicyField:
    """One value: `field` is where it stands in the policy; shown times `scale`; a list of `choices` of a `kind`."""

    field: str
    label: Words
    unit: Words = ""
    hint: Words = ""
    low: int = 0
    high: int | None = None
    step: str = "1"
    scale: int = 1
    kind: str = ""
    choices: tuple[str, ...] = ()

    def shown(self, value: object) -> str:
        """A number as the form has it; what is none stands as it was written."""
        if not isinstance(value, int | float):
            return "" if value is None else str(value)
        return f"{(Decimal(str(value)) * self.scale).normalize():f}"

    def read(self, written: str) -> object:
        """What was written in the form as the policy has it; text that is no number stays text, which is refused."""
        if not written.strip():
            return None
        try:
            number = Decimal(str(typed_number(written))) / self.scale
        except ValueError:
            return written.strip()
        return int(number) if number == number.to_integral_value() else float(number)


@dataclass(frozen=True)
class Section:
    """Values people change together; those of a list of items stand in a table, a row for each item."""

    name: str
    title: Words
    why: Words
    asked: tuple[PolicyField, ...] = ()
    table: tuple[PolicyField, ...] = ()
    of: tuple[tuple[str, str], ...] = field(default=())
    """What names a row of the table: fields of the item, and the kind of word each is."""
    head: Words = ""


SECTIONS = (
    Section(
        "limites",
        _("Quantos contatos"),
        _("Vale para qualquer contato, de quem vier: régua, jornada, campanha ou pessoa."),
        asked=(
            PolicyField("limits.account_7d", _("Por cliente em 7 dias"), _("contatos"), low=1),
            PolicyField("limits.person_7d", _("Por pessoa em 7 dias"), _("contatos"), low=1),
            PolicyField("horizon_days", _("Propor contatos até"), _("dias à frente"), low=1, high=120),
        ),
        table=(
            PolicyField("caps.*.open_per_customer", _("Propostas abertas por cliente"), low=1, high=20),
            PolicyField("caps.*.account_30d", _("Por cliente em 30 dias"), low=1, high=100),
            PolicyField("caps.*.person_30d", _("Por pessoa em 30 dias"), low=1, high=100),
        ),
        of=(("group", "cap_group"),),
        head=_("Grupo de regras"),
    ),
    Section(
        "horas",
        _("Quando e por onde"),
        _("Horas de dia útil, no fuso do cliente. Fora delas a mensagem espera; sem consentimento ela não sai."),
        asked=(
            PolicyField("limits.hours.first", _("Mensagens a partir das"), _("horas"), high=23),
            PolicyField("limits.hours.last", _("Mensagens até as"), _("horas"), low=1, high=24),
            PolicyField(
                "limits.any_hour",
                _("Canais a qualquer hora"),
                kind="channel",
                choices=tuple(one.value for one in Channel),
            ),
            PolicyField(
                "limits.need_consent",
                _("Canais que pedem consentimento"),
                kind="channel",
                choices=tuple(one.value for one in Channel),
            ),
        ),
    ),
    Section(
        "descontos",
        _("Descontos"),
        _("O máximo que alguém ou algum agente pode oferecer, pelo contrato e pelo tempo de casa do cliente."),
        asked=(
            PolicyField("limits.most_percent", _("Nunca mais que"), "%", high=100, step="any"),
            PolicyField("limits.most_invoices", _("Nunca por mais que"), _("faturas")),
            PolicyField("limits.concessions_12m", _("Concessões em 12 meses"), _("por cliente")),
            PolicyField(
                "limits.concession_kinds",
                _("Contatos que podem dar desconto"),
                kind="kind",
                choices=tuple(one.value for one in Kind),
            ),
        ),
        table=(
            PolicyField("limits.concessions.*.percent", _("Desconto (%)"), high=100, step="any"),
            PolicyField("limits.concessions.*.invoices", _("Faturas")),
        ),
        of=(("contract_bands", "contract_band"), ("tenure_bands", "tenure_band")),
        head=_("Cliente"),
    ),
    Section(
        "aprovacoes",
        _("Aprovações"),
        _("Quem envia não aprova. Cliente de executivo pede sempre duas pessoas."),
        asked=(
            PolicyField("limits.approval_above", _("Pedir aprovação acima de"), _("R$ em jogo"), step="any"),
            PolicyField(
                "limits.approval_below_confidence",
                _("Pedir aprovação com confiança abaixo de"),
                "%",
                high=100,
                step="any",
                scale=100,
            ),
            PolicyField("limits.approval_days", _("A aprovação vale por"), _("dias"), low=1),
            PolicyField("limits.four_eyes_recipients", _("Duas pessoas acima de"), _("destinatários"), low=1),
            PolicyField(
                "limits.approving_roles",
                _("Quem pode aprovar"),
                kind="owner_role",
                choices=tuple(one.value for one in OwnerRole),
            ),
        ),
        table=(PolicyField("limits.escalations.*.after_days", _("Dias úteis depois do prazo"), high=60),),
        of=(("to", "owner_role"),),
        head=_("Tarefa atrasada avisa"),
    ),
    Section(
        "capacidade",
        _("Capacidade das pessoas"),
        _("As próximas ações são repartidas dentro disto."),
        table=(
            PolicyField("capacities.*.people", _("Pessoas"), high=100000),
            PolicyField("capacities.*.weekly", _("Contatos de cada uma por semana"), low=1, high=500),
        ),
        of=(("role", "owner_role"),),
        head=_("Papel"),
    ),
    Section(
        "credito",
        _("Crédito"),
        _("Só a unidade de crédito oferece, e nunca a quem está em dificuldade ou em atraso."),
        asked=(PolicyField("limits.credit_months_of_mrr", _("No máximo"), _("meses de MRR do cliente"), step="any"),),
    ),
)
ASKED = {one.field: one for section in SECTIONS for one in (*section.asked, *section.table)}
