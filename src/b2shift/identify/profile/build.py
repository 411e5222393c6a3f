"""A profile of a table of the lake, or of a file."""

from dataclasses import replace
from pathlib import Path

from b2shift.identify.profile.coded import code
from b2shift.identify.profile.distribution import distributions
from b2shift.identify.profile.drift import drift
from b2shift.identify.profile.engine import Column, Engine, engine
from b2shift.identify.profile.gaps import gaps
from b2shift.identify.profile.relations import relations
from b2shift.identify.profile.shapes import ColumnProfile, TableProfile
from b2shift.identify.profile.sums import sums
from b2shift.identify.sources.declarations import all_sources
from b2shift.identify.sources.exposure import without_personal_data
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Lake
from b2shift.lake.contracts import Layer, PersonalData, TableSpec, TableVersion

_MEMORY_MB = 1024
_AS_DELIVERED = {"value", "reason", "delivered", "before", "after", "spelling"}


def profile_table(lake: Lake, name: str, before: Lake | None, *, threads: int = 2) -> TableProfile:
    """Profile one table, against `before` when that version holds it; UnknownNameError offers the near names."""
    table = lake.info(name)
    older = before.info(name) if before is not None and before.has(name) else None
    with engine(threads, _MEMORY_MB) as running:
        running.rows_of("now", lake.rows(name))
        columns = _guarded(lake, table.spec, _declared(running.columns("now"), table.spec))
        told = _profile(running, columns)
        compared = older is not None and before is not None and table.rows > 0
        same = older is not None and older.fingerprint == table.fingerprint
        if compared and not same and before is not None:
            running.rows_of("before", before.rows(name))
            told = told.model_copy(update={"columns": _moved(running, columns, told.columns)})
    return told.model_copy(update=_about(lake, table) | _against(before, older, same))


def profile_file(path: Path, *, threads: int = 2) -> TableProfile:
    """Profile a CSV or Parquet file; columns that look personal count as personal. InputError when unreadable."""
    if not path.is_file():
        raise InputError("O arquivo não existe", value=path, hint="Confira o caminho")
    with engine(threads, _MEMORY_MB) as running:
        running.name("now", [path])
        columns = tuple(replace(c, personal=running.looks_personal("now", c)) for c in running.columns("now"))
        return _profile(running, columns).model_copy(update={"table": path.stem})


def _profile(running: Engine, columns: tuple[Column, ...]) -> TableProfile:
    profiles = distributions(running, columns)
    rows = profiles[0].rows if profiles else 0
    told = TableProfile(table="", rows=rows, looked_at=0, columns=profiles)
    if not rows:
        return told
    coded = code(running, columns, profiles)
    found = sums(coded)
    return told.model_copy(
        update={
            "looked_at": coded.rows,
            "relations": relations(coded, found),
            "gaps": gaps(running, coded, found, profiles),
        }
    )


def _declared(columns: tuple[Column, ...], spec: TableSpec) -> tuple[Column, ...]:
    told = {column.name: column for column in spec.columns}
    return tuple(
        replace(c, personal=told[c.name].personal is not PersonalData.NONE, description=told[c.name].description)
        if c.name in told
        else c
        for c in columns
    )


def _guarded(lake: Lake, spec: TableSpec, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Of tables that hold values as they were delivered, what may be somebody's counts as personal: of a raw table all
    that its source does not declare free of personal data, of what cleansing tells the values themselves."""
    if spec.layer is Layer.RAW:
        known = without_personal_data(all_sources(lake.store.root.parent))
        shown = known.get(spec.name.removeprefix("raw_"), frozenset())
        return tuple(replace(c, personal=c.personal or c.name not in shown) for c in columns)
    if spec.layer is Layer.TRUSTED:
        return tuple(replace(c, personal=c.personal or c.name in _AS_DELIVERED) for c in columns)
    return columns


def _moved(
    running: Engine, columns: tuple[Column, ...], profiles: tuple[ColumnProfile, ...]
) -> tuple[ColumnProfile, ...]:
    there = {(column.name, column.shape) for column in running.columns("before")}
    return tuple(
        profile.model_copy(update={"drift": drift(running, column)})
        if (column.name, column.shape) in there
        else profile
        for column, profile in zip(columns, profiles, strict=True)
    )


def _about(lake: Lake, table: TableVersion) -> dict[str, object]:
    return {
        "table": table.spec.name,
        "description": table.spec.description,
        "version": lake.version,
        "as_of": lake.manifest.as_of,
    }


def _against(before: Lake | None, older: TableVersion | None, same: bool) -> dict[str, object]:
    if before is None or older is None:
        return {}
    return {"before": before.version, "rows_before": older.rows, "unchanged": same}
