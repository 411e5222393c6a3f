"""Files of public institutes into figures: what each says, of which place and trade, for which month."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from b2shift.identify.external import figures
from b2shift.identify.external.cells import (
    cells_of,
    decimal_of,
    encoding_of,
    find,
    first_line,
    folded,
    mark_of,
    other_layout,
)
from b2shift.identify.external.declaration import Indicator, Layout, Of, any_of
from b2shift.identify.external.figures import Figure
from b2shift.identify.external.sidra import read_sidra
from b2shift.kernel.errors import SourceError
from b2shift.kernel.text import fold
from b2shift.lake.api import literal, quote

Codes = Mapping[str, str]
"""IBGE's code of a municipality (six digits) → the place."""
_ZIP = b"PK\x03\x04"
_PACKED = (b"7z\xbc\xaf\x27\x1c", _ZIP, b"\x1f\x8b")


def read_figures(indicator: Indicator, name: str, path: Path, codes: Codes) -> list[Figure]:
    """Every figure of a file; SchemaError when it is not of the layout, SourceError when it cannot be read."""
    readers: Mapping[Layout, Callable[[Indicator, str, Path, Codes], Iterator[Figure]]] = {
        Layout.SIDRA: _sidra, Layout.SGS: _sgs, Layout.ROWS: _rows,
    }  # fmt: skip
    _not_packed(name, path, workbook=indicator.layout is Layout.SIDRA)
    found = list(readers[indicator.layout](indicator, name, path, codes))
    if not found:
        why = "nenhum valor com mês e lugar conhecidos"
        if indicator.layout is Layout.ROWS and Of.MUNICIPALITY in indicator.by and not codes:
            why += ". Os municípios vêm em códigos: entregue também a lista do IBGE (dtb*.csv)"
        raise other_layout(indicator, name, why)
    return found


def read_places(indicator: Indicator, name: str, path: Path) -> dict[str, str]:
    """Codes of municipalities from IBGE's list (columns `Código Município Completo` and `Nome_Município`)."""
    _not_packed(name, path)
    cells = cells_of(path).rows
    for at, row in enumerate(cells[:20]):
        heads = folded(row)
        code = find(heads, "codigo municipio completo", "codigo do municipio", "municipio (codigo)", "codigo ibge")
        title = find(heads, "nome municipio", "municipio", "nome")
        if code is not None and title is not None:
            return {
                row[code].strip()[:6]: told
                for row in cells[at + 1 :] if len(row) > max(code, title)
                and (told := figures.place(row[title], figures.state_of(row[code].strip())))
            }  # fmt: skip
    raise other_layout(indicator, name, "faltam as colunas do código e do nome do município")


def _not_packed(name: str, path: Path, *, workbook: bool = False) -> None:
    with path.open("rb") as file:
        head = file.read(6)
        if head.startswith(_PACKED) and not (workbook and head.startswith(_ZIP)):
            raise SourceError(
                "O arquivo está compactado ou é uma planilha", value=name, hint="Entregue o texto de dentro"
            )


def _sidra(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    cells = cells_of(path)
    return read_sidra(indicator, name, cells.rows, cells.mark)


def _sgs(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    """A series of the central bank: of a daily one, the last day of each month; its `-` is a day without a value."""
    cells = cells_of(path).rows
    heads = folded(cells[0])
    values = [n for n, head in enumerate(heads) if n and head and head not in ("datafim", "data fim")]
    if heads[0] != "data" or not values:
        raise other_layout(indicator, name, "o cabeçalho não é data;valor")
    if len(values) > 1:
        told = ", ".join(cells[0][n].strip() for n in values)
        raise other_layout(indicator, name, f"há mais de uma série ({told}). Exporte uma só")
    rows = [row for row in cells[1:] if len(row) > values[0] and row[values[0]].strip() != "-"]
    decimal = decimal_of((row[values[0]] for row in rows), ";")
    newest: dict[date, tuple[str, float]] = {}
    for row in rows:
        told_month, value = figures.month(row[0]), figures.number(row[values[0]], decimal)
        if told_month is not None and value is not None:
            day = (re.match(r"(\d{2})/\d{2}/\d{4}", row[0].strip()) or [row[0], ""])[1]
            newest[told_month] = max(newest.get(told_month, ("", value)), (day, value), key=lambda one: one[0])
    yield from (Figure("", "", month, value) for month, (_, value) in newest.items())


def _rows(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    mark = mark_of([first_line(path)])
    with duckdb.connect() as engine:
        options = f"delim = {literal(mark)}, header = true, all_varchar = true, encoding = {literal(encoding_of(path))}"
        source = f"read_csv({literal(path)}, {options})"
        try:
            heads = [row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            asked = _asked(indicator, name, heads)
            found = engine.execute(f"SELECT {asked} GROUP BY 1, 2, 3".replace("$source", source)).fetchall()
        except duckdb.Error as error:
            raise SourceError("O arquivo não pode ser lido", value=name, hint=str(error).splitlines()[0]) from error
    sign = -1 if any_of(indicator.subtracts, name) else 1
    sums: dict[tuple[str, str, date], float] = {}
    for code, trade, period, value in found:
        place = codes.get(code[:6], "") if code and code.isdigit() else figures.place(code or "")
        activity, told = figures.activity(trade or ""), figures.month(period or "")
        if told is not None and value is not None and indicator.complete(place, activity):
            sums[place, activity, told] = sums.get((place, activity, told), 0.0) + sign * float(value)
    yield from (Figure(*key, value) for key, value in sums.items())


def _asked(indicator: Indicator, name: str, heads: Sequence[str]) -> str:
    """Place, trade, period and sum of the declared columns, under the names the file gives them."""
    assert indicator.columns is not None
    known = {fold(head): head for head in heads}

    def head_of(names: Sequence[str]) -> str | None:
        return next((known[fold(one)] for one in names if fold(one) in known), None)

    columns, missing = indicator.columns, []
    found: dict[str, str | None] = {}
    for what in ("municipality", "activity", "month", "value"):
        names = getattr(columns, what)
        found[what] = head_of(names)
        if names and found[what] is None and what != "month":
            missing.append(" ou ".join(names))
    year = re.search(r"(?<!\d)((?:19|20)\d{2})(?!\d)", name)
    if found["month"] is None and year is None:
        missing.append(f"{' ou '.join(columns.month)} (ou o ano no nome do arquivo, como rais_2023_SP.txt)")
    if missing:
        raise other_layout(indicator, name, f"faltam as colunas {', '.join(missing)}")

    def text(what: str) -> str:
        return f"trim({quote(column)})" if (column := found[what]) else "''"

    value = "count(*)"
    if column := found["value"]:
        plain = f"trim({quote(column)})"
        brazilian = f"replace(replace({plain}, '.', ''), ',', '.')"
        value = f"sum(TRY_CAST(CASE WHEN contains({plain}, ',') THEN {brazilian} ELSE {plain} END AS DOUBLE))"
    told = text("month") if found["month"] or year is None else literal(year[1])
    only = [
        f"trim({quote(head)}) = {literal(one)}" for column, one in columns.only.items() if (head := head_of([column]))
    ]
    return f"{text('municipality')}, {text('activity')}, {told}, {value} FROM $source" + (
        f" WHERE {' AND '.join(only)}" if only else ""
    )
