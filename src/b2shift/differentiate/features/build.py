"""The feature table of a run, and the same columns for any earlier date."""

from collections.abc import Collection
from datetime import date
from hashlib import blake2b
from pathlib import Path

import pyarrow as pa

from b2shift.differentiate.features.declarations import PATH, declarations
from b2shift.differentiate.features.feature_query import feature_query
from b2shift.differentiate.features.reference_dates import placeholders
from b2shift.identify.api import golden_sql, newest_date, run_units
from b2shift.lake.api import Lake, Session, literal, load_specs, quote

CODE_VERSION = 2
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_ELECTED = ("market_segment", "sub_segment", "state", "revenue_range")
_ENVIRONMENT = "customer_environment"
_REGISTRY = ("companies", "customer_registry", "mrr_vendor")


def build(session: Session, as_of: date) -> None:
    """Write `features`, sorted by customer."""
    declared = declarations()
    inputs = sorted({*_REGISTRY, *(block.source for block in declared.blocks.values())})
    inputs += [_ENVIRONMENT] * session.has(_ENVIRONMENT)
    fingerprint = blake2b(PATH.read_bytes(), digest_size=8).hexdigest()
    known = known_at(session, as_of)
    with session.stage("features", inputs=inputs, parameters=(CODE_VERSION, as_of, fingerprint, known)) as stage:
        if stage.stale:
            words = placeholders(session, as_of)
            text = _beside(session, _text(session, as_of, words, "", known=known))
            written = session.write(_SPECS["features"], text, sort_by=["customer_id"])
            stage.notes |= {"customers": written.rows, "features": len(declared.published())}
            stage.notes |= {"duration_cap_seconds": int(words["cap_seconds"])}


def _beside(session: Session, text: str) -> str:
    """The features with a column per external indicator, when any was delivered; no score or segment uses them."""
    if not session.has(_ENVIRONMENT):
        return text
    names = session.query(f"SELECT DISTINCT indicator FROM {_ENVIRONMENT} ORDER BY 1").column(0).to_pylist()
    columns = ", ".join(
        f"max(value) FILTER (indicator = {literal(name)}) AS {quote(f'external_{name}')}" for name in names
    )
    if not columns:
        return text
    grouped = f"SELECT customer_id, {columns} FROM {_ENVIRONMENT} GROUP BY customer_id"
    return f"SELECT * FROM ({text}) LEFT JOIN ({grouped}) USING (customer_id)"


def rows_at(
    session: Session,
    as_of: date,
    customers: Collection[str] | None,
    names: Collection[str] | None = None,
    known: str | None = None,
) -> pa.Table:
    """The features of that date, computed now and written nowhere; only the blocks that `names` need are read."""
    subset = "" if customers is None else f"customer_id IN ({', '.join(map(literal, sorted(customers))) or 'NULL'})"
    words = placeholders(session, as_of)
    return session.query(f"{_text(session, as_of, words, subset, names, known)} ORDER BY customer_id")


def statement_at(session: Lake | Session, as_of: date) -> str:
    """The statement of a date's features, its dates and caps written in; another engine may be asked it too."""
    return _text(session, as_of, placeholders(session, as_of), "")


def known_at(session: Lake | Session, as_of: date) -> str:
    """The statement of the customers known on a date, which features begin with."""
    return _known(session, as_of, current=as_of >= newest_date(session))


def _text(
    session: Lake | Session,
    as_of: date,
    words: dict[str, str],
    subset: str,
    names: Collection[str] | None = None,
    known: str | None = None,
) -> str:
    declared = declarations() if names is None else declarations().only(names)
    current = as_of >= newest_date(session)
    known = known or _known(session, as_of, current=current)
    return feature_query(declared, known, words, current=current, subset=subset)


def _known(session: Lake | Session, as_of: date, *, current: bool) -> str:
    return golden_sql(as_of, run_units(session), everyone=current, attributes=_ELECTED)
