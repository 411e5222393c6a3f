"""Parse files of public institutes into figures by municipality, activity and month."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from b2shift.identify.external import figures
from b2shift.identify.external.cells import (
    WORKBOOK_DELIMITER,
    Cells,
    cells_of,
    decimal_of,
    encoding_of,
    first_line,
    folded,
    is_workbook,
    other_layout,
    position_of,
    sheets_of,
)
from b2shift.identify.external.declaration import Indicator, Layout, Of, any_of
from b2shift.identify.external.figures import Figure
from b2shift.identify.external.replacement import corrects
from b2shift.identify.external.sidra import read_sidra
from b2shift.identify.sources import separator
from b2shift.kernel.errors import SourceError
from b2shift.kernel.text import fold
from b2shift.lake.api import literal, quote

Codes = Mapping[str, str]
"""IBGE's code of a municipality (six digits) → the place."""
_TITLES = 20
"""rows of a sheet within which its header is"""
_ARCHIVE_SIGNATURES = (b"7z\xbc\xaf\x27\x1c", b"PK\x03\x04", b"\x1f\x8b")


def read_figures(indicator: Indicator, name: str, path: Path, codes: Codes) -> list[Figure]:
    """Every figure of a file; SchemaError when it is not of the layout, SourceError when it cannot be read."""
    readers: Mapping[Layout, Callable[[Indicator, str, Path, Codes], Iterator[Figure]]] = {
        Layout.SIDRA: _sidra, Layout.SGS: _sgs, Layout.ROWS: _rows,
    }  # fmt: skip
    _reject_archive(name, path, workbook=is_workbook(path))
    found = list(readers[indicator.layout](indicator, name, path, codes))
    if not found:
        why = "nenhum valor com mês e lugar conhecidos"
        if indicator.layout is Layout.ROWS and Of.MUNICIPALITY in indicator.by and not codes:
            why += ". Os municípios vêm em códigos: entregue também a lista do IBGE (dtb*.csv)"
        raise other_layout(indicator, name, why)
    return found


def read_places(indicator: Indicator, name: str, path: Path) -> dict[str, str]:
    """Codes of municipalities from IBGE's list (columns `Código Município Completo` and `Nome_Município`)."""
    _reject_archive(name, path)
    cells = cells_of(path).rows
    for at, row in enumerate(cells[:20]):
        headers = folded(row)
        code = position_of(
            headers, "codigo municipio completo", "codigo do municipio", "municipio (codigo)", "codigo ibge"
        )
        title = position_of(headers, "nome municipio", "municipio", "nome")
        if code is not None and title is not None:
            return {
                row[code].strip()[:6]: place
                for row in cells[at + 1 :] if len(row) > max(code, title)
                and (place := figures.place(row[title], figures.state_of(row[code].strip())))
            }  # fmt: skip
    raise other_layout(indicator, name, "faltam as colunas do código e do nome do município")


def _reject_archive(name: str, path: Path, *, workbook: bool = False) -> None:
    with path.open("rb") as file:
        header = file.read(6)
        if header.startswith(_ARCHIVE_SIGNATURES) and not workbook:
            raise SourceError(
                "O arquivo está compactado ou é uma planilha", value=name, hint="Entregue o texto de dentro"
            )


def _sidra(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    cells = cells_of(path)
    return read_sidra(indicator, name, cells.rows, cells.delimiter)


def _sgs(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    """A series of the central bank: of a daily one, the last day of each month; its `-` is a day without a value."""
    cells, delimiter = _one_table(indicator, name, path, "data")
    headers = folded(cells[0])
    values = [n for n, header in enumerate(headers) if n and header and header not in ("datafim", "data fim")]
    if headers[0] != "data" or not values:
        raise other_layout(indicator, name, "o cabeçalho não é data;valor")
    if len(values) > 1:
        series = ", ".join(cells[0][n].strip() for n in values)
        raise other_layout(indicator, name, f"há mais de uma série ({series}). Exporte uma só")
    rows = [row for row in cells[1:] if len(row) > values[0] and row[values[0]].strip() != "-"]
    decimal = decimal_of((row[values[0]] for row in rows), delimiter)
    newest: dict[date, tuple[str, float]] = {}
    for row in rows:
        month, value = figures.month(row[0]), figures.number(row[values[0]], decimal)
        if month is not None and value is not None:
            day = (re.match(r"(\d{2})/\d{2}/\d{4}", row[0].strip()) or [row[0], ""])[1]
            newest[month] = max(newest.get(month, ("", value)), (day, value), key=lambda one: one[0])
    yield from (Figure("", "", month, value) for month, (_, value) in newest.items())


def _rows(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    with duckdb.connect() as engine:
        try:
            source = _source(engine, indicator, name, path)
            headers = [row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            selected = _selected_columns(indicator, name, headers)
            found = engine.execute(f"SELECT {selected} GROUP BY 1, 2, 3, 4".replace("$source", source)).fetchall()
        except duckdb.Error as error:
            raise SourceError("O arquivo não pode ser lido", value=name, hint=str(error).splitlines()[0]) from error
    sign = -1 if any_of(indicator.subtracts, name) else 1
    sums: dict[tuple[str, str, date, date | None], float] = {}
    for code, trade, period, declared, value in found:
        place = codes.get(code[:6], "") if code and code.isdigit() else figures.place(code or "")
        activity, month = figures.activity(trade or ""), figures.month(period or "")
        if month is not None and value is not None and indicator.complete(place, activity):
            key = (place, activity, month, figures.month(declared or ""))
            sums[key] = sums.get(key, 0.0) + sign * float(value)
    yield from (Figure(place, activity, month, value, day) for (place, activity, month, day), value in sums.items())


def _source(engine: duckdb.DuckDBPyConnection, indicator: Indicator, name: str, path: Path) -> str:
    """SQL: the rows of a text file of any size, or of a workbook."""
    if not is_workbook(path):
        delimiter = separator.separator_of_header(first_line(path))
        options = (
            f"delim = {literal(delimiter)}, header = true, all_varchar = true, encoding = {literal(encoding_of(path))}"
        )
        return f"read_csv({literal(path)}, {options})"
    assert indicator.columns is not None
    headers, *rows = _one_table(indicator, name, path, *map(fold, indicator.columns.municipality)).rows
    named = {header: place for place, header in enumerate(headers) if header}
    columns = {header: pa.array([row[n] or None for row in rows], pa.string()) for header, n in named.items()}
    engine.register("_sheet", pa.table(columns))
    return "_sheet"


def _one_table(indicator: Indicator, name: str, path: Path, *headers: str) -> Cells:
    """The cells of a text; of a workbook those of its one sheet that has one of these heads, from the head on."""
    if not is_workbook(path):
        return Cells(cells_of(path).rows, ";")
    found = {}
    for title, rows in sheets_of(path).items():
        at = next((n for n, row in enumerate(rows[:_TITLES]) if set(map(fold, row)) & set(headers)), None)
        if at is not None:
            found[title] = rows[at:]
    if len(found) != 1:
        problem = f"as abas {', '.join(found)} servem" if found else f"nenhuma aba tem a coluna {' ou '.join(headers)}"
        raise other_layout(indicator, name, f"{problem}. Entregue uma planilha com uma tabela só")
    return Cells(next(iter(found.values())), WORKBOOK_DELIMITER)


def _selected_columns(indicator: Indicator, name: str, headers: Sequence[str]) -> str:
    """Place, trade, period, month of declaration and sum of the declared columns, by the names the file gives them."""
    assert indicator.columns is not None
    known = {fold(header): header for header in headers}

    def head_of(names: Sequence[str]) -> str | None:
        return next((known[fold(one)] for one in names if fold(one) in known), None)

    columns, missing = indicator.columns, []
    found: dict[str, str | None] = {}
    for what in ("municipality", "activity", "month", "told_in", "value"):
        names = getattr(columns, what)
        found[what] = head_of(names)
        if names and found[what] is None and what not in ("month", "told_in"):
            missing.append(" ou ".join(names))
    year = re.search(r"(?<!\d)((?:19|20)\d{2})(?!\d)", name)
    if found["month"] is None and year is None:
        missing.append(f"{' ou '.join(columns.month)} (ou o ano no nome do arquivo, como rais_2023_SP.txt)")
    correction = bool(columns.told_in) and bool(corrects(indicator, name))
    declared = re.search(r"(?<!\d)((?:19|20)\d{2})-?(0[1-9]|1[0-2])(?!\d)", name)
    if correction and found["told_in"] is None and declared is None:
        missing.append(f"{' ou '.join(columns.told_in)} (ou o mês no nome do arquivo, como CAGEDFOR202502.txt)")
    if missing:
        raise other_layout(indicator, name, f"faltam as colunas {', '.join(missing)}")

    def text(what: str) -> str:
        return f"trim({quote(column)})" if (column := found[what]) else "''"

    value = "count(*)"
    if column := found["value"]:
        plain = f"trim({quote(column)})"
        brazilian = f"replace(replace({plain}, '.', ''), ',', '.')"
        value = f"sum(TRY_CAST(CASE WHEN contains({plain}, ',') THEN {brazilian} ELSE {plain} END AS DOUBLE))"
    period = text("month") if found["month"] or year is None else literal(year[1])
    told_in = "''"
    if correction:
        told_in = text("told_in") if declared is None or found["told_in"] else literal(f"{declared[1]}-{declared[2]}")
    only = [
        f"trim({quote(header)}) = {literal(one)}"
        for column, one in columns.only.items()
        if (header := head_of([column]))
    ]
    return f"{text('municipality')}, {text('activity')}, {period}, {told_in}, {value} FROM $source" + (
        f" WHERE {' AND '.join(only)}" if only else ""
    )
