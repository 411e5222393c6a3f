"""Statements in other engines' words: BigQuery's as golden files, hostile values bound everywhere."""

from datetime import date
from pathlib import Path

import pytest
import sqlglot

from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.metrics.api import MAIN, OTHER, Scope, Statement, aggregate, bucket, customers, measures, translated
from b2shift.metrics.contracts import Filter

GOLDEN = Path(__file__).parent / "golden"
CLOSED = date(2026, 5, 1)
BUCKETS = [
    bucket(MAIN, date(2026, 4, 1), date(2026, 5, 31), CLOSED),
    bucket(OTHER, date(2026, 2, 1), date(2026, 3, 31), CLOSED),
]
COLUMNS = {"scores": ("customer_id", "propensity_crm", "propensity_erp", "health")}
METRICS = sorted(name for name, told in measures()["measures"].items() if "source" in told)
HOSTILE = "x' OR '1'='1\\\"; DROP TABLE customers; --"


def narrowed(metric: str, rolled: date | None = None) -> Statement:
    kept = (
        Filter(field="state", op="neq", value=HOSTILE),
        Filter(field="tickets", op="change_pct_gt", value=10),
        Filter(field="region", op="in", value=("sul", "norte")),
    )
    scope = Scope(owners=("u1", HOSTILE), units=("services",))
    return aggregate(metric, BUCKETS, ("segment", "cluster"), kept, scope, filtered=BUCKETS, rolled=rolled)


@pytest.mark.parametrize("metric", METRICS)
def test_bigquery_is_written_as_its_golden_file(metric: str) -> None:
    """To accept a wanted change, delete the file and run again: it is written anew, and the difference is reviewed."""
    told = translated(aggregate(metric, BUCKETS, ("segment",), (), Scope(), filtered=BUCKETS), "bigquery", COLUMNS)
    text = sqlglot.transpile(told.sql, read="bigquery", write="bigquery", pretty=True, identify=True)[0] + "\n"
    file = GOLDEN / f"{metric}.sql"
    if not file.exists():
        file.write_text(text, "utf-8")
        pytest.fail(f"{file.name} was not there and is written: look at it")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("dialect", ["postgres", "spark", "bigquery"])
@pytest.mark.parametrize("metric", METRICS)
def test_values_stay_bound_and_nothing_of_duckdb_is_left(metric: str, dialect: str) -> None:
    for rolled in (None, date(2026, 6, 15)):
        told = translated(narrowed(metric, rolled), dialect, COLUMNS)
        assert "DROP TABLE" not in told.sql
        assert HOSTILE in told.parameters.values()
        assert not any(isinstance(value, list) for value in told.parameters.values())
        for word in ("GROUP BY ALL", "FILTER(", "UNNEST(", "LIST_HAS_ALL", "COLUMNS(", "TO_MONTHS"):
            assert word not in told.sql.upper() or (word == "UNNEST(" and dialect == "bigquery"), (word, told.sql)
        sqlglot.parse_one(told.sql, read=dialect)


@pytest.mark.parametrize("dialect", ["postgres", "spark", "bigquery"])
def test_revenue_by_product_is_said_in_every_engine(dialect: str) -> None:
    kept = (Filter(field="product_line", op="neq", value=HOSTILE),)
    told = translated(aggregate("mrr", BUCKETS, ("product_line",), kept, Scope(), filtered=BUCKETS), dialect, COLUMNS)
    assert HOSTILE in told.parameters.values()
    assert "QUALIFY" not in told.sql
    sqlglot.parse_one(told.sql, read=dialect)


def test_nobody_is_a_condition_that_nobody_meets() -> None:
    told = translated(customers((), Scope(owners=()), filtered=BUCKETS), "postgres", {})
    assert '"account_owner" IN (NULL)' in told.sql


def test_what_an_engine_cannot_say_is_reported() -> None:
    median = aggregate("mrr", BUCKETS, (), (), Scope(), filtered=BUCKETS, calculation="median")
    with pytest.raises(InputError, match="BigQuery"):
        translated(median, "bigquery", {})
    with pytest.raises(UnknownNameError, match="motor"):
        translated(median, "oracle", {})
    assert "PERCENTILE(" in translated(median, "spark", {}).sql
