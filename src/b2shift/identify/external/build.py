"""Load external files into `external_indicators`, and join the figures of each customer."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from b2shift.identify.external.declaration import Indicator, Layout, indicators
from b2shift.identify.external.download import downloads
from b2shift.identify.external.figures import Figure
from b2shift.identify.external.layouts import read_figures, read_places
from b2shift.identify.external.replacement import conflicting_files, corrects, without_replaced
from b2shift.identify.sources.declarations import tables
from b2shift.identify.sources.delivery import Delivered, Drop, forget, open_delivery
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Session

CODE_VERSION = 3
FILES, FIGURES, ENVIRONMENT = "external_files", "external_indicators", "customer_environment"
PLACES = "external_places"
Rows = list[dict[str, Any]]
# Hashed as one text: xor of hashes per column would cancel out equal differences.
_CONTENT = "concat_ws('|', municipality, activity, month, value, coalesce(CAST(told_in AS VARCHAR), '-'))"
# Older versions lack the month in which corrections were declared.
_DATED = f"(SELECT NULL::DATE AS told_in WHERE FALSE UNION ALL BY NAME FROM {FIGURES})"


def externals(home: Path) -> Callable[[str], bool]:
    """Whether an indicator is declared for files of a name."""
    declared = indicators(home)
    return lambda file: any(one.matches(file) for one in declared)


def read_external(session: Session, drop: Drop) -> None:
    """Upsert `external_files` and `external_indicators` from the delivery and from the URLs of indicators.

    Writes nothing without any. Failed downloads and files of another layout are reported; their earlier figures stay.
    """
    declared = indicators(session.store.root.parent)
    files = open_delivery(drop, may_be_empty=True)
    found = [(one, file) for file in files for one in declared if one.matches(file.name)]
    attempts = list(downloads(declared, session.scratch))
    found += [(one.indicator, one.file) for one in attempts if one.file is not None]
    failed = [(one.indicator, one.why) for one in attempts if one.file is None]
    if found or failed:
        _read(session, found, failed)


def join_external(session: Session, as_of: date) -> None:
    """Write `customer_environment`, when any figure was ever delivered."""
    if session.has(FIGURES):
        _join(session, indicators(session.store.root.parent), as_of)


def _read(session: Session, found: list[tuple[Indicator, Delivered]], failed: list[tuple[Indicator, str]]) -> None:
    signs = [(one.model_dump_json(), file.name, file.sign) for one, file in found]
    signs += [(one.model_dump_json(), "", why) for one, why in failed]
    with session.stage("external", parameters=(CODE_VERSION, signs)) as stage:
        if not stage.stale:
            return
        codes = _places(session)
        files: Rows = [
            {"file": one.url, "indicator": one.indicator, "status": "failed", "message": why, "figures": 0}
            for one, why in failed
        ]
        read: dict[tuple[str, str], list[Figure]] = {}
        for one, file in sorted(found, key=lambda pair: pair[0].layout is not Layout.PLACES):
            row: dict[str, Any] = {
                "file": file.name,
                "indicator": one.indicator,
                "status": "loaded",
                "message": "",
                "figures": 0,
            }
            path = file.opened(session.scratch)
            try:
                if one.layout is Layout.PLACES:
                    listed = read_places(one, file.name, path)
                    codes |= listed
                    row["figures"] = len(listed)
                else:
                    read[one.indicator, file.name] = read_figures(one, file.name, path, codes)
                    row["figures"] = len(read[one.indicator, file.name])
            except InputError as error:
                row |= {"status": "failed", "message": str(error)}
            finally:
                forget(path, session.scratch)
            files.append(row)
        by_name = {one.indicator: one for one, _ in found}
        conflicts = conflicting_files(read, by_name)
        for row in files:
            if other := conflicts.get((row["indicator"], row["file"])):
                del read[row["indicator"], row["file"]]
                why = f"{row['file']} e {other} dizem coisas diferentes do mesmo mês e lugar. Entregue só o que vale"
                row |= {"status": "failed", "message": why, "figures": 0}
        _write(session, read, by_name)
        if codes:
            places = {"code": list(codes), "municipality": list(codes.values())}
            session.write(tables()[PLACES], pa.table(places).sort_by("code"))
        session.write(tables()[FILES], pa.Table.from_pylist(files))
        stage.notes |= {"files": len(files), "failed": sum(row["status"] == "failed" for row in files)}


def _places(session: Session) -> dict[str, str]:
    """Municipality codes of earlier deliveries."""
    if not session.has(PLACES):
        return {}
    return {row["code"]: row["municipality"] for row in session.query(f"FROM {PLACES}").to_pylist()}


def _write(session: Session, read: dict[tuple[str, str], list[Figure]], by_name: dict[str, Indicator]) -> None:
    """Write new figures and those of earlier deliveries that they do not replace."""
    fields = [
        ("indicator", pa.string()), ("municipality", pa.string()), ("activity", pa.string()), ("month", pa.date32()),
        ("value", pa.float64()), ("file", pa.string()), ("told_in", pa.date32()),
    ]  # fmt: skip
    rows = [
        (indicator, one.municipality, one.activity, one.month, one.value, file, one.told_in)
        for (indicator, file), figures in sorted(read.items()) for one in figures
    ]  # fmt: skip
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * len(fields)
    new = pa.table({name: pa.array(column, kind) for (name, kind), column in zip(fields, columns, strict=True)})
    before = session.has(FIGURES)
    names = session.query(f"SELECT DISTINCT indicator, file FROM {FIGURES}").to_pylist() if before else []
    parts = _parts([*names, *({"indicator": indicator, "file": file} for indicator, file in read)], by_name)
    session.connection.register("_fresh", new)
    session.connection.register("_parts", parts)
    try:
        retained = f" UNION ALL BY NAME {without_replaced(_DATED)}" if before else ""
        merged = session.query(f"SELECT * FROM _fresh{retained} ORDER BY ALL")
    finally:
        session.connection.unregister("_fresh")
        session.connection.unregister("_parts")
    session.write(tables()[FIGURES], merged)


def _join(session: Session, declared: tuple[Indicator, ...], as_of: date) -> None:
    """The newest figure on the date for the municipality and activity of each customer, and that of the year before."""
    known = pa.table({
        "indicator": [one.indicator for one in declared], "label": [one.label for one in declared],
        "unit": [one.unit for one in declared], "institute": [one.institute for one in declared],
        "adds": [one.adds for one in declared],
    })  # fmt: skip
    by_name = {one.indicator: one for one in declared}
    parts = _parts(session.query(f"SELECT DISTINCT indicator, file FROM {FIGURES} ORDER BY ALL").to_pylist(), by_name)
    parameters = (CODE_VERSION, as_of, known.to_pylist(), parts.to_pylist())
    with session.stage("environment", inputs=[FIGURES, "customers"], parameters=parameters) as stage:
        if stage.stale:
            session.connection.register("_known", known)
            session.connection.register("_parts", parts)
            try:
                rows = session.query(_ENVIRONMENT.replace("$as_of", f"DATE '{as_of}'"))
            finally:
                session.connection.unregister("_known")
                session.connection.unregister("_parts")
            written = session.write(tables()[ENVIRONMENT], rows)
            stage.notes |= {"rows": written.rows}


_PARTS: list[Any] = [("indicator", pa.string()), ("file", pa.string()), ("adds", pa.bool_()), ("corrects", pa.string())]


def _parts(files: Rows, by_name: dict[str, Indicator]) -> pa.Table:
    """Per (indicator, file) of a declared indicator, whether files are summed and by which pattern it corrects."""
    rows = {
        (indicator, file): {
            "indicator": indicator, "file": file, "adds": by_name[indicator].adds,
            "corrects": corrects(by_name[indicator], file),
        }
        for indicator, file in ((row["indicator"], row["file"]) for row in files) if indicator in by_name
    }  # fmt: skip
    return pa.Table.from_pylist(list(rows.values()), pa.schema(_PARTS))


# A file delivered under two names counts once; corrections count only for months that a file has.
_ENVIRONMENT = f"""
    WITH trade AS (
        SELECT customer_id,
               upper(regexp_replace(strip_accents(coalesce(city, '')), '[^A-Za-z]', '', 'g')) || '/'
                   || coalesce(state, '') AS municipality,
               regexp_replace(regexp_extract(coalesce(cnae, ''), '^[0-9./ -]+'), '[^0-9]', '', 'g') AS digits,
               trim(regexp_replace(lower(strip_accents(regexp_replace(coalesce(cnae, ''), '^[0-9./ -]+', ''))),
                   '[^a-z]+', ' ', 'g')) AS words
        FROM customers
    ),
    place AS (
        SELECT customer_id, municipality, words,
               CASE length(digits) WHEN 6 THEN '0' || digits[:4] WHEN 5 THEN digits WHEN 7 THEN digits[:5] ELSE '' END
                   AS class
        FROM trade
    ),
    keys AS (
        SELECT DISTINCT customer_id, unnest([municipality, municipality, municipality, '', '', '']) AS municipality,
               unnest([class, words, '', class, words, '']) AS key FROM place
    ),
    copies AS (
        SELECT indicator, max(file) AS file
        FROM (SELECT indicator, file, bit_xor(md5_number({_CONTENT})) AS content
              FROM {_DATED} GROUP BY ALL) GROUP BY indicator, content
    ),
    original AS (
        SELECT DISTINCT indicator, month FROM {FIGURES} JOIN _parts USING (indicator, file) WHERE corrects = ''
    ),
    figures AS (
        SELECT indicator, municipality, activity, month,
               CASE WHEN adds THEN sum(value) ELSE arg_max(value, file) END AS value
        FROM {FIGURES} JOIN copies USING (indicator, file) JOIN original USING (indicator, month)
        JOIN _known USING (indicator)
        WHERE month <= $as_of GROUP BY indicator, municipality, activity, month, adds
    ),
    newest AS (
        SELECT indicator, municipality, activity, max(month) AS month, arg_max(value, month) AS value
        FROM figures GROUP BY ALL
    ),
    named AS (
        SELECT *, unnest(list_distinct([
            regexp_extract(activity, '^[0-9]+'), trim(regexp_replace(activity, '^[0-9]+', ''))])) AS key
        FROM newest
    )
    SELECT customer_id, n.indicator, label, unit, institute, n.month, n.value, b.value AS year_before,
           n.municipality, n.activity
    FROM (FROM named WHERE key != '' OR activity = '') AS n JOIN _known USING (indicator)
    JOIN keys AS k ON k.municipality = n.municipality AND k.key = n.key
    LEFT JOIN figures AS b ON b.indicator = n.indicator AND b.municipality = n.municipality AND b.activity = n.activity
                       AND b.month = n.month - INTERVAL 12 MONTH
    QUALIFY row_number() OVER (PARTITION BY customer_id, n.indicator
                               ORDER BY n.municipality != '' DESC, n.month DESC, n.key) = 1
    ORDER BY customer_id, n.indicator"""
