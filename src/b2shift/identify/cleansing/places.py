"""Write `places`: what the rows of all sources say about where each customer is, and what follows for odd cities."""

from b2shift.identify.cleansing.cities import Vote, correct
from b2shift.identify.cleansing.usual import delivered
from b2shift.identify.sources.declaration import Kind, Source
from b2shift.identify.sources.declarations import rows_of, tables
from b2shift.lake.api import Session, quote

CODE_VERSION = 1


def build_places(session: Session, sources: list[Source]) -> None:
    """One row per city form to correct, for one customer or for any row."""
    located = [source for source in sources if source.of_kind(Kind.CITY)]
    told = tuple((s.source, s.of_kind(Kind.CITY)[0].header) for s in located)
    inputs = [source.raw_table for source in located]
    with session.stage("places", inputs=inputs, parameters=(CODE_VERSION, told)) as stage:
        if not stage.stale:
            return
        votes = [Vote(*row) for source in located for row in session.connection.execute(_votes(source)).fetchall()]
        rows = [
            {"customer_id": customer, "delivered": city, "spelling": v.after, "kind": v.kind, "rule": v.rule,
             "confidence": v.confidence}
            for (customer, city), v in correct(votes).items()
        ]  # fmt: skip
        session.write(tables()["places"], rows_of("places", rows), sort_by=["customer_id", "delivered"])


def _votes(source: Source) -> str:
    city = delivered(source.of_kind(Kind.CITY)[0], source)
    customer = f"upper(replace({delivered(source.customer, source)}, ' ', ''))" if source.customer else "NULL"
    state = next((c for c in source.columns if c.vocabulary == "state"), None)
    where = f"upper(trim(coalesce({delivered(state, source)}, '')))" if state else "''"
    return (
        f"SELECT CAST({customer} AS VARCHAR) AS customer, {city} AS city, {where} AS state, count(*) AS n "
        f"FROM {quote(source.raw_table)} AS r WHERE _text IS NULL AND {city} IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
