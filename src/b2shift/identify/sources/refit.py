"""Rows delivered before their declaration was edited, given the columns it has now: their file may never come again."""

from typing import Any

import pyarrow.parquet as parquet

from b2shift.identify.sources.declaration import Source, same_header
from b2shift.identify.sources.declarations import raw_spec
from b2shift.lake.api import Session, literal, quote


def refit(session: Session, source: Source, stage: str, notes: dict[str, Any]) -> bool:
    """Write the rows of a file anew where they lack a declared column, and note where; whether that was so.

    The values of such a column lie in `_extra` when the file had it; those that nobody declares any more go there.
    """
    path = session.store.root / str(notes["parquet"])
    there = parquet.read_schema(path).names
    wanted = [column.name for column in raw_spec(source).columns]
    if set(wanted) <= set(there):
        return False
    found = {same_header(name): name for name in notes["new_columns"]}
    names = {c.header: next((found[n] for n in map(same_header, (c.header, *c.aliases)) if n in found), c.header)
             for c in source.columns}  # fmt: skip
    told = [
        f"{_extra([n for n in there if n not in wanted])} AS _extra" if name == "_extra"
        else quote(name) if name in there
        else f"_extra[{literal(names[name])}] AS {quote(name)}"
        for name in wanted
    ]  # fmt: skip
    target = session.new_file(source.raw_table)
    session.connection.execute(
        f"COPY (SELECT {', '.join(told)} FROM read_parquet({literal(path)})) TO {literal(target)} "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
    session.keep_stage(stage, {**notes, "parquet": str(target.relative_to(session.store.root))})
    return True


def _extra(dropped: list[str]) -> str:
    if not dropped:
        return "_extra"
    return f"map_concat(_extra, MAP([{', '.join(map(literal, dropped))}], [{', '.join(map(quote, dropped))}]))"
