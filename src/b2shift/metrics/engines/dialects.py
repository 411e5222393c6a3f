"""Statements of the compiler in the words of another engine: rewritten as a tree, written by sqlglot, still bound."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import sqlglot
from sqlglot import exp

from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.metrics.compiler import Statement
from b2shift.metrics.engines.rewriting import Columns, plain

Dialect = Literal["postgres", "spark", "bigquery"]
DIALECTS: tuple[Dialect, ...] = ("postgres", "spark", "bigquery")


def translated(statement: Statement, dialect: str, columns: Columns) -> Statement:
    """The same statement for an engine; names quoted, placeholders as the engine writes them, lists taken apart.

    `columns` are those of the tables that a measure reads by a pattern. InputError for a percentile on BigQuery, which
    has no exact one that groups.
    """
    if dialect not in DIALECTS:
        raise UnknownNameError("motor", dialect, DIALECTS)
    tree, bound = plain(sqlglot.parse_one(statement.sql, read="duckdb"), statement.parameters, columns)
    tree = {"postgres": _postgres, "spark": _spark, "bigquery": _bigquery}[dialect](tree, bound)
    sql = tree.sql(dialect=dialect, identify=True, unsupported_level=sqlglot.ErrorLevel.RAISE)
    used = {str(one.this) for one in tree.find_all(exp.Placeholder)}
    return Statement(sql, {name: value for name, value in bound.items() if name in used})


def _postgres(tree: exp.Expression, bound: Mapping[str, Any]) -> exp.Expression:
    for found in list(tree.find_all(exp.RegexpExtract)):
        found.replace(exp.Anonymous(this="SUBSTRING", expressions=[found.this.copy(), found.expression.copy()]))
    for rounded in tree.find_all(exp.Round):
        if rounded.args.get("decimals") is not None:
            rounded.set("this", exp.cast(rounded.this.copy(), "DECIMAL", dialect="postgres"))
    for contains in list(tree.find_all(exp.ArrayContains)):
        contains.replace(
            exp.EQ(this=contains.expression.copy(), expression=exp.Any(this=exp.paren(contains.this.copy())))
        )
    for apart in list(tree.find_all(exp.DateDiff)):
        apart.replace(exp.paren(exp.Sub(this=apart.this.copy(), expression=apart.expression.copy())))
    for tried in list(tree.find_all(exp.TryCast)):  # the columns it is used on are numbers already
        tried.replace(exp.Cast(this=tried.this.copy(), to=tried.args["to"].copy()))
    return tree


def _spark(tree: exp.Expression, bound: Mapping[str, Any]) -> exp.Expression:
    for one in list(tree.find_all(exp.PercentileCont)):
        share = one.expression
        if isinstance(share, exp.Placeholder):  # Spark wants the share written, not bound
            share = exp.Literal.number(bound[str(share.this)])
        one.replace(exp.AnonymousAggFunc(this="PERCENTILE", expressions=[one.this.copy(), share.copy()]))
    for part in tree.find_all(exp.CTE):
        part.set("materialized", None)
    for divided in tree.find_all(exp.Div):  # DuckDB divides as floating numbers, Spark keeps six decimals
        divided.set("this", exp.cast(divided.this.copy(), "DOUBLE"))
    for call in reversed(list(tree.find_all(exp.Anonymous))):  # the innermost first
        spark_form = _SPARK_SAYS.get(call.name.lower())
        if spark_form is not None:
            call.replace(spark_form(*(argument.copy() for argument in call.expressions)))
    return tree


_ACCENTED = "áàâãäéèêëíìîïóòôõöúùûüçñ"
_PLAIN = "aaaaaeeeeiiiiooooouuuucn"
_FOLDED = [exp.Literal.string(letters + letters.upper()) for letters in (_ACCENTED, _PLAIN)]
_SPARK_SAYS: dict[str, Callable[..., exp.Expression]] = {
    "strip_accents": lambda text: exp.Anonymous(
        this="TRANSLATE", expressions=[text, *(letters.copy() for letters in _FOLDED)]
    ),
    "to_years": lambda years: exp.Anonymous(this="MAKE_INTERVAL", expressions=[years]),
    "list_distinct": lambda contains: exp.Anonymous(this="ARRAY_DISTINCT", expressions=[contains]),
}


def _bigquery(tree: exp.Expression, bound: Mapping[str, Any]) -> exp.Expression:
    if tree.find(exp.PercentileCont):
        raise InputError("O BigQuery não tem percentil exato por grupo", hint="Peça a média ou o total")
    for one in list(tree.find_all(exp.Greatest)):  # there GREATEST of anything and nothing is nothing
        array = exp.Array(expressions=[one.this.copy(), *(part.copy() for part in one.expressions)])
        one.replace(_highest(array))
    for contains in list(tree.find_all(exp.ArrayContains)):
        contains.replace(exp.In(this=contains.expression.copy(), unnest=exp.Unnest(expressions=[contains.this.copy()])))
    return tree


def _highest(array: exp.Expression) -> exp.Expression:
    part = exp.to_identifier("part")
    unnest = exp.Unnest(expressions=[array], alias=exp.TableAlias(columns=[part]))
    return exp.Subquery(this=exp.select(exp.Max(this=exp.column("part"))).from_(unnest))
