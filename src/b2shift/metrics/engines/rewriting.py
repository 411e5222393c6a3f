"""What DuckDB says in its own way, said as every engine understands it; each rule takes a tree and gives it back."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

Columns = Mapping[str, Sequence[str]]
"""Table → its columns, for what DuckDB names by a pattern."""


def plain(
    tree: exp.Expression, parameters: Mapping[str, Any], columns: Columns
) -> tuple[exp.Expression, dict[str, Any]]:
    """The tree without what only DuckDB has, and its parameters with lists taken apart into single values."""
    bound = dict(parameters)
    tree = _lists(tree, bound)
    for rule in (_grouped, _values, _filters, _aliased):
        tree = rule(tree)
    return _patterns(tree, columns), bound


def _lists(tree: exp.Expression, bound: dict[str, Any]) -> exp.Expression:
    """`x IN (SELECT unnest($v))` as `x IN ($v_0, $v_1)`; `list_has_all(column, $v)` as one membership a value."""
    for found in list(tree.find_all(exp.In)):
        name = _unnested(found)
        if name is not None:
            found.replace(exp.In(this=found.this.copy(), expressions=_apart(name, bound) or [exp.Null()]))
    for one in [call for call in tree.find_all(exp.Anonymous) if call.name.lower() == "list_has_all"]:
        column, held = one.expressions
        holds = [exp.ArrayContains(this=column.copy(), expression=value) for value in _apart(str(held.this), bound)]
        one.replace(exp.paren(exp.and_(*holds)) if holds else exp.true())
    for name in [name for name, value in bound.items() if isinstance(value, list)]:
        del bound[name]
    return tree


def _apart(name: str, bound: dict[str, Any]) -> list[exp.Expression]:
    made: list[exp.Expression] = []
    for place, value in enumerate(bound[name]):
        bound[f"{name}_{place}"] = value
        made.append(exp.Placeholder(this=f"{name}_{place}"))
    return made


def _unnested(found: exp.In) -> str | None:
    query = found.args.get("query")
    inner = query.find(exp.Explode, exp.Unnest) if query is not None else None
    held = inner.find(exp.Placeholder) if inner is not None else None
    return str(held.this) if held is not None else None


def _grouped(tree: exp.Expression) -> exp.Expression:
    """`GROUP BY ALL` by the places of what is no aggregate."""
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is not None and group.args.get("all"):
            places = [n for n, one in enumerate(select.expressions, 1) if not one.find(exp.AggFunc)]
            group.set("all", None)
            group.set("expressions", [exp.Literal.number(place) for place in places])
            if not places:
                select.set("group", None)
    return tree


def _values(tree: exp.Expression) -> exp.Expression:
    """`SELECT * FROM (VALUES …) t(a, b)` as a union of selects."""
    for values in list(tree.find_all(exp.Values)):
        alias = values.args.get("alias")
        select = values.find_ancestor(exp.Select)
        if alias is None or select is None:
            continue
        names = [column.name for column in alias.args["columns"]]
        rows = [
            exp.select(*(exp.alias_(value.copy(), name) for value, name in zip(row.expressions, names, strict=True)))
            for row in values.expressions
        ]
        union: exp.Expression = rows[0]
        for row in rows[1:]:
            union = exp.Union(this=union, expression=row, distinct=False)
        select.replace(union)
    return tree


def _filters(tree: exp.Expression) -> exp.Expression:
    """`agg(x) FILTER (c)` as `agg(CASE WHEN c THEN x END)`; what is counted is a one."""
    for found in list(tree.find_all(exp.Filter)):
        if isinstance(found.this, exp.ArgMax | exp.ArgMin):  # looks at two things; who has it knows FILTER
            continue
        made = found.this.copy()
        only = exp.If(this=found.expression.this.copy())
        if isinstance(made.this, exp.Distinct):
            only.set("true", made.this.expressions[0].copy())
            made.this.set("expressions", [exp.Case(ifs=[only])])
        else:
            counted = isinstance(made, exp.Count) and isinstance(made.this, exp.Star)
            only.set("true", exp.Literal.number(1) if counted else made.this)
            made.set("this", exp.Case(ifs=[only]))
        found.replace(made)
    return tree


def _aliased(tree: exp.Expression) -> exp.Expression:
    """A name for each subquery of a FROM: some engines want one."""
    for place, query in enumerate(tree.find_all(exp.Subquery)):
        if isinstance(query.parent, exp.From | exp.Join) and not query.alias:
            query.set("alias", exp.TableAlias(this=exp.to_identifier(f"part{place}")))
    return tree


def _patterns(tree: exp.Expression, columns: Columns) -> exp.Expression:
    """`greatest(*COLUMNS('propensity_.*'))` with the columns that the table has."""
    for call in list(tree.find_all(exp.Greatest)):
        pattern = next((one.this.name for one in call.find_all(exp.Columns)), None)
        if pattern is None:
            continue
        select = call.find_ancestor(exp.Select)
        assert select is not None
        table = select.args["from_"].this.name
        names = [name for name in columns.get(table, ()) if re.fullmatch(pattern, name)]
        held: list[exp.Expression] = [exp.column(name) for name in names]
        several = len(held) > 1
        call.replace(exp.Greatest(this=held[0], expressions=held[1:]) if several else [*held, exp.Null()][0])
    return tree
