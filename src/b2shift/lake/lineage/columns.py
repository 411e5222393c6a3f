"""Which columns of which tables a statement reads for each of its own columns."""

from collections.abc import Iterable, Mapping

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from b2shift.lake.lineage.place import Place


def column_origins(
    statement: str, schemas: Mapping[str, Mapping[str, str]], wanted: Iterable[str]
) -> dict[str, frozenset[Place]]:
    """Columns of the lake each wanted column is computed from; `schemas` is table → column → DuckDB type.

    Conditions and joins choose rows, not values: they are not among the origins of a column. A column that the parser
    cannot follow (nested values) has all tables of the statement as its origins, without columns.
    """
    try:
        tree = parse_one(f"SELECT * FROM {statement}", dialect="duckdb")
        whole = frozenset(Place(name) for name in tables_read(tree) if name in schemas)
    except SqlglotError:
        return {}
    try:
        known = {name: dict(columns) for name, columns in schemas.items()}
        qualified = qualify(tree, schema=known, dialect="duckdb", validate_qualify_columns=False)
        scope = build_scope(qualified)
    except SqlglotError:
        return dict.fromkeys(wanted, whole)
    found = {}
    for column in wanted:
        try:
            root = lineage(column, qualified, scope=scope, dialect="duckdb", copy=False)
        except (SqlglotError, ValueError):
            found[column] = whole
            continue
        places = (
            Place(node.expression.name, node.name.rsplit(".", 1)[-1].strip('"'))
            for node in root.walk()
            if isinstance(node.expression, exp.Table)
        )
        found[column] = frozenset(place for place in places if place.column in schemas.get(place.table, {}))
    return found


def tables_read(tree: exp.Expression) -> frozenset[str]:
    """Tables a statement names, its own WITH parts left out."""
    own = {part.alias for part in tree.find_all(exp.CTE)}
    return frozenset(table.name for table in tree.find_all(exp.Table)) - own


def columns_named(expression: str) -> frozenset[str]:
    """The columns an expression of a declaration names; none when it is not SQL."""
    try:
        return frozenset(column.name for column in parse_one(expression, dialect="duckdb").find_all(exp.Column))
    except SqlglotError:
        return frozenset()
