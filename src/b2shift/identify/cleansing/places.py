"""Write `places`: what the rows of all sources say about where each customer is, and what follows for odd cities."""

from collections import Counter
from collections.abc import Mapping

from b2shift.identify.cleansing.cities import Key, Vote, correct_cities
from b2shift.identify.cleansing.decisions import accepted, decisions
from b2shift.identify.cleansing.keys import normalized_key
from b2shift.identify.cleansing.usual_values import delivered_sql
from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.cleansing.vocabularies import CITY, CITY_DOUBTS, doubts_table, open_doubts
from b2shift.identify.contracts import Decision
from b2shift.identify.sources.declaration import Kind, Source
from b2shift.identify.sources.declarations import rows_of, tables
from b2shift.lake.api import Session, quote

CODE_VERSION = 3


def build_places(session: Session, sources: list[Source]) -> None:
    """One row per city form to correct, for one customer or for any row; and `city_doubts`."""
    located = [source for source in sources if source.of_kind(Kind.CITY)]
    columns = tuple((s.source, s.of_kind(Kind.CITY)[0].header) for s in located)
    inputs = [source.raw_table for source in located]
    decided = decisions(session.store.root.parent).get(CITY, {})
    with session.stage("places", inputs=inputs, parameters=(CODE_VERSION, columns, repr(decided))) as stage:
        if not stage.stale:
            return
        votes = [Vote(*row) for source in located for row in session.connection.execute(_votes(source)).fetchall()]
        verdicts = correct_cities(votes)
        verdicts |= _obeyed(votes, verdicts, accepted(decided))
        rows = [
            {"customer_id": customer, "delivered": city, "spelling": v.after, "kind": v.kind, "rule": v.rule,
             "confidence": v.confidence}
            for (customer, city), v in verdicts.items()
        ]  # fmt: skip
        session.write(tables()["places"], rows_of("places", rows), sort_by=["customer_id", "delivered"])
        counts: Counter[str] = Counter()
        for vote in votes:
            counts[_written(vote, verdicts)] += vote.rows
        doubts = {CITY: open_doubts(counts, decided)}
        session.write(tables()[CITY_DOUBTS], doubts_table(doubts), sort_by=["vocabulary", "delivered"])


def _written(vote: Vote, verdicts: Mapping[Key, Verdict]) -> str:
    verdict = verdicts.get((vote.customer, vote.city)) or verdicts.get((None, vote.city))
    return str(verdict.after) if verdict else vote.city


def _obeyed(
    votes: list[Vote], verdicts: Mapping[Key, Verdict], decisions_by_city: Mapping[str, Decision]
) -> dict[Key, Verdict]:
    """The verdicts that people's decisions change, for any row and for the customers that had one of their own."""
    if not decisions_by_city:
        return {}
    keys: set[Key] = {(None, vote.city) for vote in votes} | set(verdicts)
    found: dict[Key, Verdict] = {}
    for customer, city in keys:
        verdict = verdicts.get((customer, city))
        decision = decisions_by_city.get(str(verdict.after) if verdict else city)
        if decision is not None and decision.spelling != city:
            found[customer, city] = Verdict(decision.spelling, "category_variant", decision.rule, 1.0)
    return found


def _votes(source: Source) -> str:
    city = delivered_sql(source.of_kind(Kind.CITY)[0], source)
    customer = normalized_key(delivered_sql(source.customer, source)) if source.customer else "NULL"
    state = next((c for c in source.columns if c.vocabulary == "state"), None)
    where = f"upper(trim(coalesce({delivered_sql(state, source)}, '')))" if state else "''"
    return (
        f"SELECT CAST({customer} AS VARCHAR) AS customer, {city} AS city, {where} AS state, count(*) AS n "
        f"FROM {quote(source.raw_table)} AS r WHERE _text IS NULL AND {city} IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
