"""Rows delivered before their declaration was edited, given the columns it has now: their file may never come again."""

from typing import Any

import pyarrow.parquet as parquet

from b2shift.identify.cleansing.table_parts import files_of_note, note_of_files
from b2shift.identify.sources.declaration import Source, same_header
from b2shift.identify.sources.declarations import raw_spec
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

# What the content of a line was called by older releases, as a column like any other.
_CONTENT_ONCE = "_hash"


def refit(session: Session, source: Source, stage: str, notes: dict[str, Any]) -> bool:
    """Write the rows of a file anew where they lack a declared column, and note where; whether that was so.

    The values of such a column lie in `_extra` when the file had it; those that nobody declares any more go there.
    """
    held = files_of_note(notes["held"] if "held" in notes else notes["parquet"])
    there = parquet.read_schema(session.store.root / held.files[0]).names
    wanted = [*(column.name for column in raw_spec(source).columns), ROW_CONTENT]
    if set(wanted) <= set(there):
        return False
    now = {file: _written(session, source, notes, file) for file in held.files}
    rows = TableFiles(files=tuple(now.values()), without={now[file]: gone for file, gone in held.without.items()})
    session.keep_stage(stage, {**notes, "held": note_of_files(rows)})
    return True


def _written(session: Session, source: Source, notes: dict[str, Any], file: str) -> str:
    """A copy of a file with the columns of today."""
    path = session.store.root / file
    there = parquet.read_schema(path).names
    wanted = [*(column.name for column in raw_spec(source).columns), ROW_CONTENT]
    found = {same_header(name): name for name in notes["new_columns"]}
    names = {c.header: next((found[n] for n in map(same_header, (c.header, *c.aliases)) if n in found), c.header)
             for c in source.columns}  # fmt: skip
    told = [
        f"{_extra([n for n in there if n not in (*wanted, _CONTENT_ONCE)])} AS _extra" if name == "_extra"
        else f"{quote(_CONTENT_ONCE) if _CONTENT_ONCE in there else 'CAST(NULL AS UBIGINT)'} AS {ROW_CONTENT}"
        if name == ROW_CONTENT and name not in there
        else quote(name) if name in there
        else f"_extra[{literal(names[name])}] AS {quote(name)}"
        for name in wanted
    ]  # fmt: skip
    target = session.new_file(source.raw_table)
    session.connection.execute(
        f"COPY (SELECT {', '.join(told)} FROM read_parquet({literal(path)})) TO {literal(target)} "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
    return str(target.relative_to(session.store.root))


def _extra(dropped: list[str]) -> str:
    if not dropped:
        return "_extra"
    return f"map_concat(_extra, MAP([{', '.join(map(literal, dropped))}], [{', '.join(map(quote, dropped))}]))"
