"""Report on resolution: counts by zone, the links of a prospect, precision and recall on a demo drop."""

from collections import defaultdict
from itertools import combinations
from pathlib import Path

from b2shift.identify.contracts import CompanyLink, LinkCount, ResolutionEvaluation, ResolutionReport
from b2shift.identify.quality.truth import truth_rows
from b2shift.kernel.errors import DropError, StateError, UnknownNameError
from b2shift.lake.api import Lake

_ZONES = """
    SELECT same_as_kind AS kind, zone, count(*) AS pairs, count(decided_by) AS decided
    FROM prospect_links GROUP BY ALL ORDER BY kind, zone
"""
_TOTALS = """
    SELECT count(*) AS prospects, count(DISTINCT entity_id) AS companies, count(customer_id) AS already_customers,
           count(*) - count(DISTINCT entity_id) AS repeated
    FROM prospect_entities
"""
_CONTACT_TOTALS = """
    SELECT count(*) AS contacts, count(DISTINCT entity_id) AS persons,
           (SELECT count(*) FROM contact_links WHERE zone = 'doubt') AS contact_doubts
    FROM contact_entities
"""
_LINKS = """
    SELECT same_as_kind AS kind, same_as AS id, probability, points, zone, evidence, decided_by, decided_at
    FROM prospect_links WHERE prospect_id = $id
    UNION ALL
    SELECT 'prospect', prospect_id, probability, points, zone, evidence, decided_by, decided_at
    FROM prospect_links WHERE same_as_kind = 'prospect' AND same_as = $id
"""
_NAMED = f"""
    SELECT links.*, coalesce(customers.name, prospects.name) AS name FROM ({_LINKS}) AS links
    LEFT JOIN customers ON links.kind = 'customer' AND customers.customer_id = links.id
    LEFT JOIN prospects ON links.kind = 'prospect' AND prospects.prospect_id = links.id
    ORDER BY points DESC, kind, id
"""


def report(lake: Lake) -> ResolutionReport:
    """Counts of one version; StateError when it is older than resolution."""
    _require(lake)
    [totals] = lake.query(_TOTALS).to_pylist()
    zones = tuple(LinkCount.model_validate(row) for row in lake.query(_ZONES).to_pylist())
    if lake.has("contact_entities"):
        totals |= lake.query(_CONTACT_TOTALS).to_pylist()[0]
    return ResolutionReport(version=lake.version, zones=zones, **totals)


def links(lake: Lake, prospect_id: str) -> tuple[CompanyLink, ...]:
    """Every record linked to a prospect, the likeliest first; UnknownNameError for no prospect."""
    _require(lake)
    if not lake.query("SELECT 1 FROM prospects WHERE prospect_id = ?", [prospect_id]).num_rows:
        rows = lake.query("SELECT prospect_id FROM prospects ORDER BY 1").to_pylist()
        raise UnknownNameError("prospect", prospect_id, [row["prospect_id"] for row in rows])
    return tuple(CompanyLink.model_validate(row) for row in lake.query(_NAMED, {"id": prospect_id}).to_pylist())


def evaluate(lake: Lake, drop: Path) -> tuple[ResolutionEvaluation, ...]:
    """Matched pairs against `drop/_truth/prospects.csv`: prospect and customer, or two prospects.

    Raises DropError for a drop without truth.
    """
    _require(lake)
    path = drop / "_truth" / "prospects.csv"
    if not path.exists():
        raise DropError("Esta entrega não traz a verdade dos prospects", value=path)
    truth = truth_rows(drop, "prospects")
    predicted_rows = lake.query("SELECT prospect_id, entity_id, customer_id FROM prospect_entities").to_pylist()
    doubts = {zone.kind: zone.pairs for zone in report(lake).zones if zone.zone == "doubt"}
    return tuple(
        ResolutionEvaluation(
            question=question,
            true_pairs=len(true),
            told_pairs=len(predicted),
            right_pairs=len(true & predicted),
            doubts=doubts.get(question, 0),
        )
        for question, true, predicted in (
            ("customer", _true_customers(truth), _customers(predicted_rows, "customer_id")),
            ("prospect", _pairs(truth, "entity"), _pairs(predicted_rows, "entity_id")),
        )
    )


def _customers(rows: list[dict[str, str]], column: str) -> set[tuple[str, str]]:
    return {(row["prospect_id"], row[column]) for row in rows if row[column]}


def _true_customers(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
    """Each prospect of a company that is a customer: the truth of a later drop names a new customer beside one only."""
    customers = {row["entity"]: row["existing_customer"] for row in rows if row["existing_customer"]}
    return {(row["prospect_id"], customers[row["entity"]]) for row in rows if row["entity"] in customers}


def _pairs(rows: list[dict[str, str]], column: str) -> set[tuple[str, str]]:
    entities: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        entities[row[column]].append(row["prospect_id"])
    return {pair for members in entities.values() for pair in combinations(sorted(members), 2)}


def _require(lake: Lake) -> None:
    if not lake.has("prospect_links"):
        raise StateError(
            "Esta versão do lake ainda não resolveu os prospects", value=lake.version, hint="Rode `b2shift run`"
        )
