"""Column lineage of one statement."""

from collections.abc import Iterable, Iterator, Mapping

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema, Schema

from b2shift.lake.lineage.column_ref import ColumnRef

Schemas = Mapping[str, Mapping[str, str]]


def parse_schemas(schemas: Schemas) -> Schema:
    """Parsed schemas, to be shared by many statements: every name in them is parsed."""
    return MappingSchema({name: dict(columns) for name, columns in schemas.items()}, dialect="duckdb")


class StatementLineage:
    """One statement of DuckDB, parsed once; `schemas` is table → column → type of the tables it may read, `known` the
    same as `read_once` has it.

    Conditions and joins choose rows, not values: they are not among the origins of a column. A column that the parser
    cannot follow (nested values) has all tables of the statement as its origins, without columns.
    """

    def __init__(self, statement: str, schemas: Schemas, known: Schema) -> None:
        self._schemas = schemas
        self.tables: frozenset[ColumnRef] = frozenset()
        self._scope: Scope | None = None
        self._found: dict[tuple[int, str], frozenset[ColumnRef] | None] = {}
        try:
            tree = parse_one(f"SELECT * FROM {statement}", dialect="duckdb")
            self.tables = frozenset(ColumnRef(name) for name in tables_read(tree) if name in schemas)
            self._scope = build_scope(qualify(tree, schema=known, dialect="duckdb", validate_qualify_columns=False))
        except (SqlglotError, ValueError):  # the qualifier raises the latter where it cannot expand a USING
            return
        self._inner = {id(inner.expression): inner for inner in self._scope.traverse()} if self._scope else {}

    def origins(self, column: str) -> frozenset[ColumnRef]:
        """The lake columns that a column is computed from; none for a constant or a count of rows."""
        found = self._of(self._scope, column) if self._scope is not None else None
        if found is None:
            return self.tables
        return frozenset(ref for ref in found if ref.column in self._schemas.get(ref.table, {}))

    def _of(self, scope: Scope, column: str) -> frozenset[ColumnRef] | None:
        """Origins of a column of one SELECT, cached; None when it has no such column."""
        key = (id(scope), column)
        if key not in self._found:
            self._found[key] = frozenset()  # a recursive WITH meets itself: what it adds is found by the first part
            self._found[key] = self._resolve(scope, column)
        return self._found[key]

    def _resolve(self, scope: Scope, column: str) -> frozenset[ColumnRef] | None:
        if scope.union_scopes:
            names = scope.expression.named_selects
            if column not in names:
                return None
            index, by_name = names.index(column), scope.expression.args.get("by_name")
            parts = [
                self._of(part, column if by_name else part.expression.named_selects[index])
                for part in scope.union_scopes
            ]
            return frozenset().union(*(part for part in parts if part is not None))
        expression = scope.expression
        rows = isinstance(expression, exp.UDTF)  # `unnest(…)` as a table: its columns are all made of what is inside
        chosen = expression if rows else next((one for one in expression.selects if one.alias_or_name == column), None)
        if chosen is None:
            return None
        return frozenset(ref for one in chosen.find_all(exp.Column) for ref in self._sources(one, scope))

    def _sources(self, column: exp.Column, scope: Scope) -> Iterator[ColumnRef]:
        """Origins of a column inside an expression; lambda arguments have none."""
        inner: Scope | None = self._scope_of(column, scope)
        while inner is not None and column.table not in inner.sources:
            inner = inner.parent
        source = inner.sources[column.table] if inner is not None else None
        if isinstance(source, exp.Table):
            yield ColumnRef(source.name, column.name)
        elif isinstance(source, Scope):
            yield from self._of(source, column.name) or ()

    def _scope_of(self, column: exp.Column, scope: Scope) -> Scope:
        """The innermost SELECT a column stands in."""
        query = column.find_ancestor(exp.Query)
        while query is not None and id(query) not in self._inner:
            query = query.find_ancestor(exp.Query)
        return scope if query is None else self._inner[id(query)]


def tables_read(tree: exp.Expression) -> frozenset[str]:
    """Tables a statement reads, without its own CTEs."""
    own = {part.alias for part in tree.find_all(exp.CTE)}
    return frozenset(table.name for table in tree.find_all(exp.Table)) - own


def source_columns(select: str, table: str, columns: Iterable[str]) -> dict[str, frozenset[str]]:
    """Column of a SELECT over one table → the columns of the table it is computed from; empty when it is not SQL."""
    schemas = {table: dict.fromkeys(columns, "VARCHAR")}
    try:
        tree = parse_one(select, dialect="duckdb")
    except SqlglotError:
        return {}
    names = tree.named_selects if isinstance(tree, exp.Query) else []
    followed = StatementLineage(f"({select})", schemas, parse_schemas(schemas))
    return {name: frozenset(ref.column for ref in followed.origins(name) if ref.column) for name in names}


def columns_named(expression: str) -> frozenset[str]:
    """The columns an expression refers to; none when it is not SQL."""
    try:
        return frozenset(column.name for column in parse_one(expression, dialect="duckdb").find_all(exp.Column))
    except SqlglotError:
        return frozenset()
