"""Tiles that pages of ours already draw, for a person and the customers a board is narrowed to."""

from datetime import timedelta

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.differentiate.api import journey_stages
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.campaigns.accounting import accounts
from b2shift.web.console.addresses import customers_url
from b2shift.web.console.campaigns.costs import names_of_origins
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.goals.progress import progress_of
from b2shift.web.console.home import executive, marketing
from b2shift.web.console.home.outlook import effects_of, health_of
from b2shift.web.console.home.pictures import risk_by_stage
from b2shift.web.console.journeys.views import arms_table
from b2shift.web.console.quality.scorecard import scores_over_time
from b2shift.web.console.quality.sources import defect_picture, defects_of
from b2shift.web.console.segments import flows
from b2shift.web.console.segments.map import segment_map
from b2shift.web.console.segments.pictures import map_picture
from b2shift.web.console.selection.candidates import comparable, front_picture
from b2shift.web.console.selection.cards import auc_picture, reliability_picture
from b2shift.web.console.wording import shipped
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.catalogue import visible_candidates, visible_cards
from b2shift.web.crm.flows import visible_flows
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_proposals
from b2shift.web.crm.revenue import visible_bridge
from b2shift.web.crm.totals import totals_by
from b2shift.web.journeys.reading import under_way, visible_stays
from b2shift.web.journeys.texts import journey_of
from b2shift.web.watch.goals import goals_of

NO_EFFECT = gettext_lazy(
    "Sem campanha com clientes bastantes em cada braço; sem grupo de controle não há efeito a dizer."
)
NO_RISK = gettext_lazy("Sem clientes com MRR, ou sem sinal que baste nos dados para dizer o risco deles.")
NO_CONTACT = gettext_lazy("Nenhum contato feito nos últimos 90 dias.")
CONTACT_DAYS = 90
MOST_POINTS = 2_000
"""Of the map among other tiles: its shape is told by fewer than the page of the map draws."""

Seen = QuerySet[Customer]


def bridge(user: User, seen: Seen) -> Chart | None:
    """What came, grew, shrank and left in twelve months."""
    return executive.bridge_picture(visible_bridge(user))


def health(user: User, seen: Seen) -> Chart | None:
    """Customers by band of health."""
    return health_of(seen)


def stages_of_life(user: User, seen: Seen) -> Chart | None:
    """MRR in high risk by life stage."""
    return risk_by_stage(totals_by(seen, "life_stage"))


def effects(user: User, seen: Seen) -> Chart | None:
    """Campaigns against those left out by lot."""
    return effects_of(user)


def goals(user: User, seen: Seen) -> Table | None:
    """Every goal beside what was reached or is foreseen."""
    if not may(user, Capability.OVERVIEW):
        return None
    progress = [progress_of(user, goal) for goal in goals_of(user)]
    columns = [
        Column(_("Meta")), Column(_("Mês"), "month"), Column(_("Valor da meta")), Column(_("Alcançado ou previsto")),
        Column(_("80% entre")), Column("", "", "link"),
    ]  # fmt: skip
    rows = [(one.label, one.goal.month, one.wanted, one.found, one.interval, one.href) for one in progress]
    return Table(columns, rows) if rows else None


def due_by_kind(user: User, seen: Seen) -> Chart | None:
    """Due contacts by kind."""
    return marketing.due_by_kind(visible_proposals(user))


def defects(user: User, seen: Seen) -> Chart | None:
    """Defects of the last delivery by what was done with them."""
    return defect_picture(defects_of(user))


def notes_of_sources(user: User, seen: Seen) -> Chart | None:
    """The mean note of the sources in each load."""
    return scores_over_time() if may(user, Capability.QUALITY) else None


def candidates(user: User, seen: Seen) -> Chart | None:
    """The front the segmentation was chosen from; its points open the candidate."""
    return front_picture(comparable(list(visible_candidates(user))), reverse("console:models"))


def calibration(user: User, seen: Seen) -> Chart | None:
    """Whether what the churn score foresees happens."""
    card = visible_cards(user).filter(score="churn_90d", usable=True).first()
    return reliability_picture(card) if card else None


def scores(user: User, seen: Seen) -> Chart | None:
    """How well every usable score separates, measured on later data; a bar opens its card."""
    return auc_picture(list(visible_cards(user).filter(usable=True)))


def map_of_customers(user: User, seen: Seen) -> Chart | None:
    """Each customer a point near those it resembles."""
    drawn = segment_map(seen, MOST_POINTS) if may(user, Capability.SEGMENTS) else None
    return map_picture(drawn) if drawn and drawn.groups else None


def flows_between(user: User, seen: Seen) -> Chart | None:
    """Who went from which segment to which in the last step."""
    flow_rows = visible_flows(user)
    steps = flows.steps_of(flow_rows)
    taken = [one for one in flow_rows if steps and (one.before, one.as_of) == steps[-1]]
    return flows.picture(flows.named_now(taken), newest=True)


def stage_by_segment(user: User, seen: Seen) -> Chart | None:
    """How many customers of each segment stand on each stage of the journey; a cell opens them."""
    if not may(user, Capability.SEGMENTS):
        return None
    question = cache_key(seen)
    counts = {} if question is None else cached(("stage by segment", question), lambda: _by_stage(seen))
    if not counts:
        return None
    stages = [stage for stage in journey_stages() if any(stage == with_customers for with_customers, _code in counts)]
    sizes: dict[str, int] = {}
    for (_stage, code), (_name, count) in counts.items():
        sizes[code] = sizes.get(code, 0) + count
    names = {code: name for (_stage, code), (name, _count) in counts.items()}
    rows = [
        (stage, names[code], counts.get((stage, code), ("", 0))[1], customers_url(stage=stage, segment=code))
        for code in sorted(sizes, key=lambda code: (-sizes[code], code))
        for stage in stages
    ]
    (stage, _code), (name, count) = max(counts.items(), key=lambda one: (one[1][1], one[0]))
    return Chart(
        name="etapa-por-segmento",
        kind="heat",
        title=_("Etapa da jornada em cada segmento"),
        reading=_("A combinação mais frequente: %(count)s clientes de %(name)s em %(stage)s.")
        % {"count": count, "name": shipped(name), "stage": shipped(stage)},
        table=Table(
            [
                Column(_("Etapa"), "", "x"),
                Column(_("Segmento"), "", "y"),
                Column(_("Clientes"), "number", "value"),
                Column("", "", "link"),
            ],
            rows,
        ),
        size="tall",
        twin=Table(
            [Column(_("Etapa")), Column(_("Segmento")), Column(_("Clientes"), "number"), Column("", "", "link")],
            [row for row in rows if row[2]],
        ),
    )


def _by_stage(seen: Seen) -> dict[tuple[str, str], tuple[str, int]]:
    """Name and customers of each segment on each stage."""
    placed = seen.exclude(segment=None).exclude(journey_stage=None).order_by()
    counts = placed.values_list("journey_stage", "segment_id", "segment_name").annotate(count=Count("pk"))
    return {(stage, code): (name, count) for stage, code, name, count in counts}


def arms_of_journeys(user: User, seen: Seen) -> Table | None:
    """Every arm of the experiments of journeys under way."""
    if not may(user, Capability.JOURNEYS):
        return None
    found = []
    for running in under_way():
        journey = journey_of(running.version)
        arms = arms_table(journey, visible_stays(user).filter(journey_id=running.journey_id))
        found += [(journey.name, *row) for row in arms.rows] if arms else []
    columns = [
        Column(_("Jornada")), Column(_("Braço")), Column(_("Clientes"), "number"), Column(_("Objetivo"), "number"),
        Column(_("Medidos"), "number"), Column(_("Alcançaram a medida"), "number"), Column("", "", "link"),
    ]  # fmt: skip
    return Table(columns, found) if found else None


def accounts_of(user: User, seen: Seen) -> Table | None:
    """What the contacts of the last 90 days cost, and the deals that came after them."""
    origins = accounts(user, timezone.now() - timedelta(days=CONTACT_DAYS))
    names = names_of_origins(origins)
    columns = [
        Column(_("Origem")), Column(_("Contatos"), "number"), Column(_("Custo"), "money"),
        Column(_("Responderam"), "number"), Column(_("Aceitaram"), "number"), Column(_("Negócios depois"), "money"),
        Column("", "", "link"),
    ]  # fmt: skip
    costs = reverse("console:contact_costs")
    rows = [
        (" · ".join(filter(None, names[one.origin, one.step])), one.sent, one.cost, one.answered, one.accepted,
         one.won, costs)
        for one in origins
    ]  # fmt: skip
    return Table(columns, rows) if rows else None
