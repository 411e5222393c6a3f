"""Companies that may be the one somebody is typing, while it is typed."""

import numpy as np
import pyarrow as pa

from b2shift.identify.contracts import CompanyLink, TypedCompany
from b2shift.identify.resolution.build import explain, zone
from b2shift.identify.resolution.candidates import keys_of, marks
from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, Company, Told, read_company
from b2shift.identify.resolution.evidence import CITY, EVIDENCE, compare
from b2shift.identify.resolution.names import Vocabulary, written
from b2shift.identify.resolution.records import these_records
from b2shift.identify.resolution.weights import Weights, probability
from b2shift.lake.api import Lake

_MOST = 200
_NEAR = f"""
    SELECT kind, id, count(*) AS shared FROM company_keys WHERE key IN ({{keys}})
    GROUP BY ALL ORDER BY shared DESC, kind, id LIMIT {_MOST}
"""
_COUNTS = "SELECT what, value, companies FROM company_words WHERE value IN ({values})"


def near(lake: Lake, typed: TypedCompany, *, limit: int = 5) -> tuple[CompanyLink, ...]:
    """Customers and prospects that may be the typed company, the likeliest first; nothing below the zone of doubt.

    Weights are those the newest run learnt; a version older than resolution knows none.
    """
    if not lake.has("company_keys"):
        return ()
    asked = Told(PROSPECT, "", typed.name, typed.cnpj, typed.domain, typed.phone, typed.city, typed.state,
                 typed.market_segment)  # fmt: skip
    vocabulary = _words(lake, written(typed.name))
    company = read_company(asked, vocabulary)
    keys = keys_of(company, marks(company, vocabulary))
    found = lake.query(_NEAR.format(keys=", ".join(map(str, keys)))).to_pylist() if keys else []
    told = [
        record
        for kind in (CUSTOMER, PROSPECT)
        for record in these_records(lake, kind, [row["id"] for row in found if row["kind"] == kind])
    ]
    if not told:
        return ()
    vocabulary = _words(lake, [*written(typed.name), *(word for record in told for word in written(record.name or ""))])
    weights, city = _weights(lake), _city_points(lake, company)
    near = [_link(company, read_company(record, vocabulary), vocabulary, weights, city) for record in told]
    near.sort(key=lambda link: (-link.points, link.kind, link.id))
    return tuple(link for link in near if link.zone != "other")[:limit]


def _link(
    asked: Company, other: Company, vocabulary: Vocabulary, weights: dict[str, Weights], city: float
) -> CompanyLink:
    levels, learnt = compare(asked, other, vocabulary), weights[other.kind]
    evidence = explain(levels, learnt, city)
    points = learnt.prior + sum(float(str(one["points"])) for one in evidence)
    chance = float(probability(np.array([points]))[0])
    return CompanyLink.model_validate({
        "kind": other.kind, "id": other.id, "name": other.told or None, "probability": chance, "points": points,
        "zone": zone(chance), "evidence": evidence,
    })  # fmt: skip


def _words(lake: Lake, words: list[str]) -> Vocabulary:
    bare = sorted({word.rstrip(".") for word in words})
    counts = {row["value"]: row["companies"] for row in _counts(lake, bare).to_pylist() if row["what"] == "word"}
    for short in {word.rstrip(".") for word in words if word.endswith(".")}:
        longer = lake.query(
            "SELECT value, companies FROM company_words WHERE what = 'word' AND starts_with(value, ?)", [short]
        )
        counts |= {row["value"]: row["companies"] for row in longer.to_pylist()}
    [total] = lake.query("SELECT companies FROM company_words WHERE what = 'all'").to_pylist()
    return Vocabulary(counts, total["companies"])


def _counts(lake: Lake, values: list[str]) -> pa.Table:
    return lake.query(_COUNTS.format(values=", ".join("?" for _ in values) or "NULL"), values)


def _city_points(lake: Lake, company: Company) -> float:
    if company.city is None:
        return 0.0
    told = {row["what"]: row["companies"] for row in _counts(lake, ["", company.city]).to_pylist()}
    if "city" not in told:
        return 0.0
    usual = told["two_in_a_city"] / told["any_city"] ** 2
    return float(np.log2(usual * told["any_city"] / told["city"]))


def _weights(lake: Lake) -> dict[str, Weights]:
    rows = lake.query("SELECT * FROM resolution_weights").to_pylist()
    chance = {(row["same_as_kind"], row["evidence"], row["level"]): row for row in rows}
    found = {}
    for question in (CUSTOMER, PROSPECT):
        same, others = (
            [np.array([chance[question, kind.name, level][side] for level in kind.levels]) for kind in EVIDENCE]
            for side in ("among_same", "among_others")
        )
        found[question] = Weights(
            same, others, chance[question, EVIDENCE[CITY].name, EVIDENCE[CITY].levels[0]]["share"]
        )
    return found
