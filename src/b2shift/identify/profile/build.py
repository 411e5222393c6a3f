"""Profile a table of the lake, or a file."""

from dataclasses import replace
from pathlib import Path

from b2shift.identify.profile.contracts import ColumnProfile, Shape, TableProfile
from b2shift.identify.profile.distribution import distributions
from b2shift.identify.profile.drift import drift
from b2shift.identify.profile.encoding import encode
from b2shift.identify.profile.engine import Column, Engine, engine
from b2shift.identify.profile.missingness import missingness
from b2shift.identify.profile.relations import relations
from b2shift.identify.profile.sufficient_statistics import accumulate
from b2shift.identify.sources.exposure import columns_without_personal_data
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Lake
from b2shift.lake.contracts import Layer, PersonalData, TableSpec, TableVersion

_MEMORY_MB = 1024
_AS_DELIVERED = {"value", "reason", "delivered", "before", "after", "spelling"}


def profile_table(lake: Lake, name: str, before: Lake | None, *, threads: int = 2) -> TableProfile:
    """Profile a table, with drift against version `before` if that has it; UnknownNameError suggests similar names."""
    table = lake.info(name)
    previous = before.info(name) if before is not None and before.has(name) else None
    with engine(threads, _MEMORY_MB) as running:
        running.rows_of("now", lake.rows(name))
        columns = _with_delivered_values_personal(lake, table.spec, _declared(running.columns("now"), table.spec))
        profile = _profile(running, columns)
        comparable = previous is not None and before is not None and table.rows > 0
        same = previous is not None and previous.fingerprint == table.fingerprint
        if comparable and not same and before is not None:
            running.rows_of("before", before.rows(name))
            profile = profile.model_copy(update={"columns": _with_drift(running, columns, profile.columns)})
    return profile.model_copy(update=_metadata(lake, table) | _comparison(before, previous, same))


def profile_file(path: Path, *, threads: int = 2) -> TableProfile:
    """Profile a CSV or Parquet file; columns are personal by heuristics. InputError when it cannot be read."""
    if not path.is_file():
        raise InputError("O arquivo não existe", value=path, hint="Confira o caminho")
    with engine(threads, _MEMORY_MB) as running:
        running.name("now", [path])
        columns = tuple(replace(c, personal=running.looks_personal("now", c)) for c in running.columns("now"))
        return _profile(running, columns).model_copy(update={"table": path.stem})


def _profile(running: Engine, columns: tuple[Column, ...]) -> TableProfile:
    profiles = distributions(running, columns)
    rows = profiles[0].rows if profiles else 0
    profile = TableProfile(table="", rows=rows, looked_at=0, columns=profiles)
    if not rows:
        return profile
    encoded = encode(running, columns, profiles)
    statistics = accumulate(encoded)
    return profile.model_copy(
        update={
            "looked_at": encoded.rows,
            "relations": relations(encoded, statistics),
            "gaps": missingness(running, encoded, statistics, profiles),
        }
    )


def _declared(columns: tuple[Column, ...], spec: TableSpec) -> tuple[Column, ...]:
    declared = {column.name: column for column in spec.columns}
    return tuple(
        replace(
            c, personal=declared[c.name].personal is not PersonalData.NONE, description=declared[c.name].description
        )
        if c.name in declared
        else c
        for c in columns
    )


def _with_delivered_values_personal(lake: Lake, spec: TableSpec, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Mark delivered values as personal: in raw tables all columns but those their source declares free of personal
    data, in tables of the trusted layer those that quote values."""
    if spec.layer is Layer.RAW:
        known = columns_without_personal_data(lake.store.root.parent)
        shown = known.get(spec.name.removeprefix("raw_"), frozenset())
        return tuple(replace(c, personal=c.personal or c.name not in shown) for c in columns)
    if spec.layer is Layer.TRUSTED:
        return tuple(replace(c, personal=c.personal or c.name in _AS_DELIVERED) for c in columns)
    return columns


def _with_drift(
    running: Engine, columns: tuple[Column, ...], profiles: tuple[ColumnProfile, ...]
) -> tuple[ColumnProfile, ...]:
    shared = {(column.name, column.shape) for column in running.columns("before")}
    return tuple(
        profile.model_copy(update={"drift": drift(running, column)})
        if (column.name, column.shape) in shared and not _of_the_run(profile)
        else profile
        for column, profile in zip(columns, profiles, strict=True)
    )


def _of_the_run(profile: ColumnProfile) -> bool:
    """Whether every row has the one day of its run, which moves by itself."""
    return profile.shape is Shape.DAY and profile.distinct == 1


def _metadata(lake: Lake, table: TableVersion) -> dict[str, object]:
    return {
        "table": table.spec.name,
        "description": table.spec.description,
        "version": lake.version,
        "as_of": lake.manifest.as_of,
    }


def _comparison(before: Lake | None, previous: TableVersion | None, same: bool) -> dict[str, object]:
    if before is None or previous is None:
        return {}
    return {"before": before.version, "rows_before": previous.rows, "unchanged": same}
