"""Write `prospect_links`, `prospect_entities` and what the duplicate warning reads."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from b2shift.identify.resolution.candidates import KEYS, candidates, keyed
from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, Population, read_companies
from b2shift.identify.resolution.decisions import decisions
from b2shift.identify.resolution.evidence import EVIDENCE, NAME, compare
from b2shift.identify.resolution.links import DOUBT, SAME, Decided, Resolution, Rows
from b2shift.identify.resolution.records import every_record
from b2shift.identify.resolution.scoring import Scored, city_rarity, pair_points
from b2shift.identify.resolution.weights import Weights, learn
from b2shift.identify.resolution.written import write_rows
from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session

CODE_VERSION = 9
_SIZES = [len(kind.levels) for kind in EVIDENCE]
Pairs = NDArray[np.int64]


def build(session: Session) -> None:
    """Resolve every prospect against customers and other prospects, from `customers`, `prospects` and decisions."""
    decided = decisions(session.store.root.parent)
    inputs = [name for name in ("customers", "prospects") if session.has(name)]
    with session.stage("resolution", inputs=inputs, parameters=(CODE_VERSION, SAME, DOUBT, repr(decided))) as stage:
        if not stage.stale:
            return
        people = read_companies(every_record(session))
        with keyed(session.connection, people):
            found = candidates(session.connection)
            session.write(tables()["company_keys"], KEYS, sort_by=["key", "record"])
        resolution = resolved(people, found, decided)
        write_rows(session, "prospect_links", resolution.links(), ["prospect_id", "same_as_kind", "same_as"])
        write_rows(session, "prospect_entities", resolution.behind(), ["prospect_id"])
        write_rows(session, "resolution_weights", _learnt(resolution.weights), ["same_as_kind", "evidence", "level"])
        write_rows(session, "company_words", _frequent(people), ["what", "value"])


def resolved(people: Population, found: Pairs, decided: Decided) -> Resolution:
    """Candidates of a population and pairs that somebody answered, by weights learnt from the candidates."""
    weights, pairs = _score(people, found, _answered(people, decided, found))
    return Resolution(people, weights, pairs, decided)


def _answered(people: Population, decided: Decided, found: Pairs) -> Pairs:
    """Pairs that somebody answered and that are no candidates any more, for a record may change after the answer."""
    places = {(one.kind, one.id): place for place, one in enumerate(people.companies)}
    known = set(map(tuple, found.tolist()))
    asked = []
    for prospect, other in decided:
        one = places.get((PROSPECT, prospect))
        same_as = places.get((PROSPECT, other), places.get((CUSTOMER, other)))
        if one is not None and same_as is not None and (one, same_as) not in known:
            asked.append((one, same_as))
    return np.array(asked, dtype=np.int64).reshape(len(asked), 2)


def _score(
    people: Population, found: Pairs, answered: Pairs
) -> tuple[dict[str, Weights], dict[tuple[int, int], Scored]]:
    """Weights of each question (against customers, among prospects), learnt from the candidates alone, and the points
    of every candidate and answered pair."""
    companies, rarity = people.companies, city_rarity(people.cities)
    asked = np.vstack([found.reshape(len(found), 2), answered])
    levels = np.array([compare(companies[a], companies[b], people.vocabulary) for a, b in asked], dtype=np.int64)
    levels = levels.reshape(len(asked), len(EVIDENCE))
    against = np.array([companies[other].kind == CUSTOMER for _, other in asked], dtype=bool)
    candidate = np.arange(len(asked)) < len(found)
    weights: dict[str, Weights] = {}
    pairs: dict[tuple[int, int], Scored] = {}
    for kind, chosen in ((CUSTOMER, against), (PROSPECT, ~against)):
        weights[kind] = learn(levels[chosen & candidate], _SIZES, anchor=NAME)
        cities = [companies[one].city for one, _ in asked[chosen]]
        points = pair_points(levels[chosen], cities, weights[kind], rarity)
        for (one, other), told, bits in zip(asked[chosen].tolist(), levels[chosen].tolist(), points, strict=True):
            pairs[one, other] = Scored(tuple(told), float(bits))
    return weights, pairs


def _learnt(weights: Mapping[str, Weights]) -> Rows:
    return [
        {"same_as_kind": question, "evidence": kind.name, "level": level, "share": learnt.share,
         "among_same": learnt.same[place][nth], "among_others": learnt.others[place][nth]}
        for question, learnt in weights.items()
        for place, kind in enumerate(EVIDENCE) for nth, level in enumerate(kind.levels)
    ]  # fmt: skip


def _frequent(people: Population) -> Rows:
    words = people.vocabulary
    told = (
        ("word", words.counts), ("variety", words.variety), ("city", people.cities), ("all", {"": words.companies}),
    )  # fmt: skip
    return [{"what": what, "value": value, "companies": n} for what, counts in told for value, n in counts.items()]
