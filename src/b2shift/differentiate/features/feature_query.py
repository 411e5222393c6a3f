"""The declarations as one statement: golden records, one aggregate per block, then the derived columns step by step."""

from collections.abc import Mapping
from string import Template

from b2shift.differentiate.features.declarations import DERIVED, KNOWN, TYPES, Declarations, Feature, words_of
from b2shift.lake.api import quote


def feature_query(
    declarations: Declarations, golden: str, words: Mapping[str, str], *, current: bool, subset: str = ""
) -> str:
    """SELECT of customer_id, as_of and every published feature in declared order.

    `golden` selects the customers known on the date; unless `current`, snapshot features are null; `subset` is a
    condition on the rows given back (comparisons with the market segment always look at everyone).
    """
    blocks = [
        name
        for name in declarations.blocks
        if name != KNOWN and (found := declarations.of_block(name)) and (current or _lasting(found))
    ]
    parts = [f"known AS MATERIALIZED ({golden})"]
    parts += [f"{quote('of_' + name)} AS ({_block(declarations, name)})" for name in blocks]
    parts.append(f"step0 AS MATERIALIZED ({_joined(declarations, blocks, current=current)})")
    # Derived columns look at few others: only those go through the windows, the rest is joined at the end.
    previous = f"(SELECT {', '.join(map(quote, ['customer_id', *_looked_at(declarations)]))} FROM step0)"
    for step in sorted({feature.step for feature in declarations.of_block(DERIVED)}):
        columns = [_column(f, f.value, current=current) for f in declarations.of_block(DERIVED) if f.step == step]
        parts.append(f"step{step} AS (SELECT *, {', '.join(columns)} FROM {previous})")
        previous = f"step{step}"
    chosen = ", ".join(
        f"{'derived' if feature.block == DERIVED else 'step0'}.{quote(feature.name)}"
        for feature in declarations.features
        if feature.published
    )
    where = f" WHERE {subset}" if subset else ""
    text = (
        f"WITH {', '.join(parts)} SELECT customer_id, $as_of AS as_of, {chosen} "
        f"FROM step0 JOIN {previous} AS derived USING (customer_id){where}"
    )
    return Template(text).substitute(words)


def _looked_at(declarations: Declarations) -> list[str]:
    """Columns of step 0 that some derived expression names."""
    words = words_of(declarations.of_block(DERIVED))
    return [feature.name for feature in declarations.features if feature.block != DERIVED and feature.name in words]


def _lasting(features: tuple[Feature, ...]) -> bool:
    return any(not feature.snapshot for feature in features)


def _block(declarations: Declarations, name: str) -> str:
    columns = ", ".join(f"{feature.value} AS {quote(feature.name)}" for feature in declarations.of_block(name))
    rows = declarations.blocks[name].rows
    return f"SELECT customer_id, {columns} FROM ({rows}) WHERE customer_id IS NOT NULL GROUP BY customer_id"


def _joined(declarations: Declarations, blocks: list[str], *, current: bool) -> str:
    columns = [_column(feature, feature.value, current=current) for feature in declarations.of_block(KNOWN)]
    for feature in declarations.features:
        if feature.block not in (KNOWN, DERIVED):
            value = f"{quote('of_' + feature.block)}.{quote(feature.name)}"
            if feature.absent is not None:
                value = f"coalesce({value}, {feature.absent})"
            columns.append(_column(feature, value, current=current))
    joins = " ".join(f"LEFT JOIN {quote('of_' + name)} USING (customer_id)" for name in blocks)
    return f"SELECT {', '.join(['customer_id', *columns])} FROM known {joins}"


def _column(feature: Feature, value: str, *, current: bool) -> str:
    expression = value if current or not feature.snapshot else "NULL"
    return f"CAST({expression} AS {TYPES[feature.format]}) AS {quote(feature.name)}"
