"""Lineage is what the statements say, not what somebody drew."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import ColumnRef, Trace, load_specs, open_lake, writing
from b2shift.lake.lineage.columns import StatementLineage, parse_schemas

DECLARED = """
- {name: sales, layer: refined, grain: one sale, description: Sales.,
   columns: {who: [VARCHAR, who], amount: [DOUBLE, amount], day: [DATE, day]}}
- {name: people, layer: refined, grain: one person, description: People.,
   columns: {who: [VARCHAR, who], city: [VARCHAR, city]}}
- {name: totals, layer: analytics, grain: one person, description: Totals.,
   columns: {who: [VARCHAR, who], total: [DOUBLE, total], place: [VARCHAR, place]}}
- {name: guesses, layer: analytics, grain: one person, description: Guesses.,
   columns: {who: [VARCHAR, who], guess: [DOUBLE, guess]}}
"""
TOTALS = """
    WITH paid AS (SELECT who, sum(amount) FILTER (day > DATE '2026-01-01') AS total FROM sales GROUP BY who)
    SELECT who, coalesce(total, 0) AS total, upper(city) AS place FROM people LEFT JOIN paid USING (who)
"""


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    """Two tables of Python rows, one of a statement over them, one computed in Python from that."""
    (tmp_path / "tables.yaml").write_text(DECLARED)
    specs, home = load_specs(tmp_path / "tables.yaml"), tmp_path / "home"
    with writing(home) as session:
        with session.stage("deliver"):
            session.write(specs["sales"], pa.table({"who": ["a"], "amount": [1.0], "day": [date(2026, 2, 1)]}))
            session.write(specs["people"], pa.table({"who": ["a"], "city": ["x"]}))
        with session.stage("sum", inputs=["sales", "people"]):
            session.write(specs["totals"], TOTALS)
        with session.stage("guess", inputs=["totals"]):
            session.write(specs["guesses"], pa.table({"who": ["a"], "guess": [0.5]}))
        session.commit(date(2026, 2, 1))
    return Trace(open_lake(home))


def test_a_column_comes_from_the_columns_its_statement_reads(trace: Trace) -> None:
    assert trace.origins(ColumnRef("totals", "place")) == {ColumnRef("people", "city")}
    assert trace.origins(ColumnRef("totals", "total")) == {ColumnRef("sales", "amount"), ColumnRef("sales", "day")}


def test_a_table_of_python_comes_from_the_inputs_of_its_stage(trace: Trace) -> None:
    assert trace.origins(ColumnRef("guesses", "guess")) == {ColumnRef("totals")}


def test_the_way_back_ends_where_the_lake_begins(trace: Trace) -> None:
    found = trace.back(ColumnRef("guesses", "guess"))
    assert {place for place, origins in found.items() if not origins} == {ColumnRef("sales"), ColumnRef("people")}


def test_unknown_tables_are_refused(trace: Trace) -> None:
    with pytest.raises(UnknownNameError):
        trace.back(ColumnRef("totls", "total"))


def test_what_is_computed_from_a_column_is_known_without_asking_each(trace: Trace) -> None:
    assert trace.used_by[ColumnRef("people", "city")] == {ColumnRef("totals", "place")}
    assert trace.used_by[ColumnRef("sales", "day")] == {ColumnRef("totals", "total")}
    assert trace.used_by[ColumnRef("totals")] == {ColumnRef("guesses")}
    assert ColumnRef("people", "nobody") not in trace.used_by


FOLLOWED = {
    "SELECT count(*) AS c FROM sales": set(),
    "SELECT amount AS c FROM sales UNION ALL SELECT length(city) FROM people": {"sales.amount", "people.city"},
    "SELECT (SELECT max(amount) FROM sales WHERE who = p.who) AS c FROM people p": {
        "sales.amount", "sales.who", "people.who"},
    "SELECT list_sum(list_transform(l, x -> x + 1)) AS c FROM (SELECT list(amount) AS l FROM sales)": {"sales.amount"},
    "SELECT v AS c FROM (SELECT unnest(l) AS v FROM (SELECT list(city) AS l FROM people))": {"people.city"},
    "WITH RECURSIVE r AS (SELECT amount AS a FROM sales UNION ALL SELECT a + 1 FROM r) SELECT a AS c FROM r": {
        "sales.amount"},
}  # fmt: skip


@pytest.mark.parametrize("sql", FOLLOWED)
def test_statements_are_followed_through_what_they_nest(trace: Trace, sql: str) -> None:
    assert {f"{place.table}.{place.column}" for place in trace.statement(sql).origins("c")} == FOLLOWED[sql]


def test_parts_joined_by_name_are_followed_by_name() -> None:
    told = {"sales": {"who": "VARCHAR", "amount": "DOUBLE"}}
    parts = "SELECT who, amount AS c FROM sales UNION ALL BY NAME SELECT 0 AS c, who FROM sales"
    assert {place.column for place in StatementLineage(f"({parts})", told, parse_schemas(told)).origins("c")} == {
        "amount"
    }


def test_what_is_no_statement_comes_from_nowhere(trace: Trace) -> None:
    assert trace.statement("SELEC nothing").origins("c") == frozenset()


def test_a_statement_the_parser_cannot_qualify_comes_from_its_tables() -> None:
    told = {"sales": {"who": "VARCHAR", "amount": "DOUBLE"}, "people": {"who": "VARCHAR"}}
    numbered = "SELECT rows.*, row_number() OVER (PARTITION BY who) AS place FROM (SELECT * FROM sales) AS rows"
    hidden = StatementLineage(
        f"(SELECT who, place FROM ({numbered} SEMI JOIN people USING (who)))", told, parse_schemas(told)
    )
    assert {place.table for place in hidden.origins("place")} == {"sales", "people"}
