"""Files of public institutes into rows: what each says, of which place and trade, for which month."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from b2shift.identify.external import figures
from b2shift.identify.external.declaration import Indicator, Layout, Of, RowColumns
from b2shift.kernel.errors import SchemaError, SourceError
from b2shift.kernel.text import fold
from b2shift.lake.api import literal, quote

_SAMPLE = 256 * 1024
Codes = Mapping[str, str]
"""IBGE's code of a municipality (six digits) → the place."""


@dataclass(frozen=True)
class Figure:
    """One value; place and trade are empty when it is of all of them."""

    municipality: str
    activity: str
    month: date
    value: float


def read_figures(indicator: Indicator, name: str, path: Path, codes: Codes) -> list[Figure]:
    """Every figure of a file; SchemaError when it is not of the layout, SourceError when it cannot be read."""
    readers: Mapping[Layout, Callable[[Indicator, str, Path, Codes], Iterator[Figure]]] = {
        Layout.SIDRA: _sidra, Layout.SGS: _sgs, Layout.ROWS: _rows,
    }  # fmt: skip
    found = list(readers[indicator.layout](indicator, name, path, codes))
    if not found:
        raise _other(indicator, name, "nenhum valor com mês e lugar conhecidos")
    return found


def read_places(indicator: Indicator, name: str, path: Path) -> dict[str, str]:
    """Codes of municipalities from IBGE's list (columns `Código Município Completo` and `Nome_Município`)."""
    cells = _cells(path)
    heads = [fold(cell).replace("_", " ") for cell in cells[0]]
    code = _find(heads, "codigo municipio completo", "codigo do municipio", "municipio (codigo)")
    title = _find(heads, "nome municipio", "municipio")
    if code is None or title is None:
        raise _other(indicator, name, "faltam as colunas do código e do nome do município")
    rows = [row for row in cells[1:] if len(row) > max(code, title)]
    return {
        row[code].strip()[:6]: told
        for row in rows if (told := figures.place(row[title], figures.state_of(row[code].strip())))
    }  # fmt: skip


def _sidra(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    cells = _cells(path)
    flat = next((n for n, row in enumerate(cells[:10]) if "valor" in map(fold, row) and len(row) > 2), None)
    if flat is not None:
        yield from _flat(cells[flat], cells[flat + 1 :], indicator)
        return
    head = next((n for n, row in enumerate(cells[:20]) if len(row) > 1 and figures.month(row[-1])), None)
    if head is None:
        raise _other(indicator, name, "nenhuma linha de cabeçalho com os períodos")
    months = [figures.month(cell) for cell in cells[head]]
    words = [n for n, told in enumerate(months) if told is None]
    for row in cells[head + 1 :]:
        place = figures.place(row[0])
        trade = figures.activity(row[words[1]]) if Of.ACTIVITY in indicator.by and len(words) > 1 else ""
        for cell, told in zip(row, months, strict=False):
            value = figures.number(cell) if told is not None else None
            if told is not None and value is not None and _complete(indicator, place, trade):
                yield Figure(place, trade, told, value)


def _flat(heads: Sequence[str], rows: Sequence[Sequence[str]], indicator: Indicator) -> Iterator[Figure]:
    """One value a line, its place and period in columns beside it."""
    folded = [fold(head) for head in heads]
    value = folded.index("valor")
    where = _find(folded, "municipio", "nome do municipio", "unidade territorial")
    when = _find(folded, "mes", "trimestre", "ano", "periodo")
    what = next((n for n, head in enumerate(folded) if head.startswith(("classificacao nacional", "cnae"))), None)
    for row in rows:
        if len(row) <= value or when is None:
            continue
        place = figures.place(row[where]) if where is not None else ""
        trade = figures.activity(row[what]) if what is not None and Of.ACTIVITY in indicator.by else ""
        told, figure = figures.month(row[when]), figures.number(row[value])
        if told is not None and figure is not None and _complete(indicator, place, trade):
            yield Figure(place, trade, told, figure)


def _sgs(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    cells = _cells(path)
    if not cells or fold(cells[0][0]) != "data" or len(cells[0]) < 2:
        raise _other(indicator, name, "o cabeçalho não é data;valor")
    newest: dict[date, float] = {}
    for row in cells[1:]:
        told, value = figures.month(row[0]), figures.number(row[1]) if len(row) > 1 else None
        if told is not None and value is not None:
            newest[told] = value  # of a daily series, the last day of the month
    yield from (Figure("", "", told, value) for told, value in newest.items())


def _rows(indicator: Indicator, name: str, path: Path, codes: Codes) -> Iterator[Figure]:
    assert indicator.columns is not None
    with duckdb.connect() as engine:
        options = f"delim = ';', header = true, all_varchar = true, encoding = {literal(_encoding(path))}"
        source = f"read_csv({literal(path)}, {options})"
        try:
            heads = [row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            columns = _columns(indicator, name, heads)
            sums = _summed(columns)
            found = engine.execute(f"SELECT {sums} FROM {source} GROUP BY 1, 2, 3").fetchall()
        except duckdb.Error as error:
            raise SourceError("O arquivo não pode ser lido", value=name, hint=str(error).splitlines()[0]) from error
    for code, trade, period, value in found:
        place = codes.get(code[:6], "") if code and code.isdigit() else figures.place(code or "")
        told = figures.month(period or "")
        if told is not None and value is not None and _complete(indicator, place, figures.activity(trade or "")):
            yield Figure(place, figures.activity(trade or ""), told, float(value))


def _columns(indicator: Indicator, name: str, heads: Sequence[str]) -> RowColumns:
    """The declared columns under the names the file gives them; accents and case do not matter."""
    known = {fold(head): head for head in heads}
    assert indicator.columns is not None
    told = {what: known.get(fold(column)) for what, column in indicator.columns if column is not None}
    missing = [getattr(indicator.columns, what) for what, head in told.items() if head is None]
    if missing:
        raise _other(indicator, name, f"faltam as colunas {', '.join(missing)}")
    return RowColumns.model_validate(told)


def _summed(columns: RowColumns) -> str:
    def text(column: str | None) -> str:
        return f"trim({quote(column)})" if column else "''"

    decimal = f"replace({quote(columns.value)}, ',', '.')" if columns.value else ""
    value = f"sum(TRY_CAST({decimal} AS DOUBLE))" if columns.value else "count(*)"
    return f"{text(columns.municipality)}, {text(columns.activity)}, {text(columns.month)}, {value}"


def _complete(indicator: Indicator, place: str, trade: str) -> bool:
    """Whether a figure says all that it is of."""
    return (bool(place) or Of.MUNICIPALITY not in indicator.by) and (bool(trade) or Of.ACTIVITY not in indicator.by)


def _cells(path: Path) -> list[list[str]]:
    """The cells of a small file: `;` or `,` or a tab between them, quotes around some."""
    try:
        text = path.read_bytes().decode("utf-8-sig" if _encoding(path) == "utf-8" else "cp1252", "replace")
    except OSError as error:
        raise SourceError("O arquivo não pode ser lido", value=path.name, hint=str(error)) from error
    lines = text.splitlines()
    mark = max(";,\t", key=lambda one: sum(one in line for line in lines[:50]))
    try:
        found = [row for row in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SourceError("O arquivo não pode ser lido", value=path.name, hint=str(error)) from error
    if not found:
        raise SourceError("O arquivo não pode ser lido", value=path.name, hint="Está vazio: peça outro")
    return found


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _find(heads: Sequence[str], *names: str) -> int | None:
    return next((heads.index(name) for name in names if name in heads), None)


def _other(indicator: Indicator, name: str, why: str) -> SchemaError:
    hint = f"O leiaute {indicator.layout.value} espera outra coisa: {why}"
    return SchemaError(f"O arquivo de {indicator.label} não tem o leiaute declarado", value=name, hint=hint)
