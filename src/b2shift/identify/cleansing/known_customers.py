"""Who is a customer: the registry, and whoever two other sources agree on."""

from b2shift.identify.cleansing.keys import normalized_key
from b2shift.identify.cleansing.usual_values import delivered_sql
from b2shift.identify.sources.declaration import Customers, Source
from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session, quote

CODE_VERSION = 1


def build_known_customers(session: Session, sources: list[Source]) -> None:
    """Write `known_customers`: everyone in a registry, or in two sources that give evidence.

    A key that only one contract line mentions is nobody: it is the key that is wrong. Without any registry one source
    that gives evidence is enough, so that a delivery without it loses no one.
    """
    naming = {
        source.source: source for source in sources if source.customers is not Customers.MENTION and source.customer
    }
    registries = [s for s in naming.values() if s.customers is Customers.REGISTRY]
    evidence = [s for s in naming.values() if s.customers is Customers.EVIDENCE]
    inputs = [source.raw_table for source in naming.values()]
    with session.stage("known_customers", inputs=inputs, parameters=(CODE_VERSION, sorted(naming))) as stage:
        if stage.stale:
            written = session.write(tables()["known_customers"], _select(registries, evidence), sort_by=["customer_id"])
            stage.notes["customers"] = written.rows


def _select(registries: list[Source], evidence: list[Source]) -> str:
    nobody = "SELECT CAST(NULL AS VARCHAR) AS customer_id WHERE FALSE"
    registered = " UNION ALL ".join(map(_keys, registries)) or nobody
    mentioned = " UNION ALL ".join(map(_keys, evidence)) or nobody
    return f"""
        WITH registered AS ({registered}), mentioned AS ({mentioned})
        SELECT customer_id FROM registered
        UNION
        SELECT customer_id FROM mentioned GROUP BY customer_id
        HAVING count(*) > 1 OR NOT EXISTS (SELECT 1 FROM registered)
    """


def _keys(source: Source) -> str:
    """The valid keys of one source, each once."""
    assert source.customer is not None
    key = normalized_key(delivered_sql(source.customer, source))
    return (
        f"SELECT DISTINCT customer_id FROM (SELECT {key} AS customer_id "
        f"FROM {quote(source.raw_table)} AS r WHERE _text IS NULL) "
        "WHERE regexp_full_match(customer_id, '[0-9A-Z]{6}|[0-9]{5}')"
    )
