"""Tables of IBGE's SIDRA, as it exports them: wide (periods as columns) or flat (one value a line).

Titles stand above, notes and a legend below; codes and levels of the territory may stand beside its name; a period may
have several columns, the first of which alone carries its name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from b2shift.identify.external import figures
from b2shift.identify.external.cells import decimal_of, folded, other_layout, position_of
from b2shift.identify.external.declaration import Indicator, Of
from b2shift.identify.external.figures import Figure
from b2shift.kernel.text import fold

_TITLES = 40
"""lines within which the head of a table stands"""
_LEVELS = {"mu", "municipio", "br", "brasil"}
_TRADES = ("classificacao nacional", "cnae")
_METADATA = ("cod", "nivel", "unidade de medida")


@dataclass(frozen=True)
class _LabelledCell:
    """One cell with its row and column labels; `kinds` are its categories besides place, trade and period."""

    place: str
    trade: str
    month: date
    text: str
    kinds: tuple[str, ...]


def read_sidra(indicator: Indicator, name: str, cells: list[list[str]], delimiter: str) -> Iterator[Figure]:
    """Every figure of a table; SchemaError: no head, or several values for one place, trade and period."""
    flat = next((n for n, row in enumerate(cells[:_TITLES]) if len(row) > 2 and "valor" in folded(row)), None)
    labelled = list(
        _flat(cells[flat], cells[flat + 1 :], indicator) if flat is not None else _wide(indicator, name, cells)
    )
    decimal = decimal_of((one.text for one in labelled), delimiter)
    known: dict[tuple[str, str, date], float] = {}
    for one in _totals(labelled):
        value = figures.number(one.text, decimal)
        if value is None or not indicator.complete(one.place, one.trade):
            continue
        key = (one.place, one.trade, one.month)
        if known.setdefault(key, value) != value:
            where = f"{one.place or 'o país'} em {one.month:%m/%Y}: {known[key]:g} e {value:g}"
            raise other_layout(
                indicator, name, f"mais de um valor para {where}. Exporte uma variável e uma categoria só"
            )
    yield from (Figure(*key, value) for key, value in known.items())


def _totals(labelled: list[_LabelledCell]) -> Iterator[_LabelledCell]:
    """Of categories with a total, the total only."""
    width = max((len(one.kinds) for one in labelled), default=0)
    total = [any(n < len(one.kinds) and one.kinds[n] == "total" for one in labelled) for n in range(width)]
    for one in labelled:
        if all(kind == "total" for kind, has in zip(one.kinds, total, strict=False) if has):
            yield one


def _territory(row: Sequence[str]) -> int | None:
    """Where the name of the territory stands, in a row that is a head."""
    headers = folded(row)
    positions = [
        n for n, header in enumerate(headers) if header.split(",")[0].split(" e ")[0] in ("municipio", "brasil")
    ]
    return positions[0] if positions and len(row) > 1 else None


def _wide(indicator: Indicator, name: str, cells: list[list[str]]) -> Iterator[_LabelledCell]:
    at, header = _periods(indicator, name, cells)
    title = cells[at][header]
    titled = [len(row) > header and row[header] == title for row in cells]
    end = next((n for n in range(at + 1, len(cells)) if not titled[n] or _numbers(cells[n][header + 1 :])), len(cells))
    months = _forward_filled([figures.month(cell) for cell in cells[at]])
    # Lines of the head as wide as the periods say what the columns are of, not only what the lines are called.
    above = [
        _forward_filled_text(cells[n]) for n in range(end) if n != at and titled[n] and len(cells[n]) >= len(months)
    ]
    headers = folded(cells[at])
    level = position_of(headers, "nivel")
    code = next((n for n, one in enumerate(headers[: header + 1]) if one.startswith("cod")), None)
    first = next(n for n, month in enumerate(months) if month is not None)
    words = [n for n in range(first) if n != header and not headers[n].startswith(_METADATA)]
    by_trade = Of.ACTIVITY in indicator.by
    what = next((n for n in words if headers[n].startswith(_TRADES)), words[0] if words else None) if by_trade else None
    for row in cells[end:]:
        if len(row) <= first or row == cells[at] or (level is not None and fold(row[level]) not in _LEVELS):
            continue
        place = figures.place_of(row[header], row[code] if code is not None else "")
        row_labels = tuple(fold(row[n]) for n in words if n != what)
        for n, (cell, month) in enumerate(zip(row, months, strict=False)):
            if month is None:
                continue
            labels = [one[n] if n < len(one) else "" for one in above]
            trade = figures.activity(row[what]) if what is not None else ""
            if by_trade and what is None and labels:
                trade, labels = figures.activity(labels[-1]), labels[:-1]
            yield _LabelledCell(place, trade, month, cell, (*row_labels, *map(fold, labels)))


def _periods(indicator: Indicator, name: str, cells: list[list[str]]) -> tuple[int, int]:
    """The line that names the periods, and where the territory stands in it."""
    for at, row in enumerate(cells[:_TITLES]):
        where = _territory(row)
        if where is not None and any(figures.month(cell) for cell in row[where + 1 :]):
            return at, where
    raise other_layout(indicator, name, "nenhuma linha de cabeçalho com o município (ou Brasil) e os períodos")


def _numbers(row: Sequence[str]) -> bool:
    return any(figures.number(cell, ",") is not None for cell in row)


def _forward_filled(months: list[date | None]) -> list[date | None]:
    """Forward-fill the periods of merged header cells."""
    last: date | None = None
    return [last := month or last for month in months]


def _forward_filled_text(row: Sequence[str]) -> list[str]:
    last = ""
    return [last := cell or last for cell in row]


def _flat(headers: Sequence[str], rows: Sequence[Sequence[str]], indicator: Indicator) -> Iterator[_LabelledCell]:
    known = folded(headers)
    value = known.index("valor")
    names = [n for n, header in enumerate(known) if "(codigo)" not in header and n != value]
    where = next((n for n in names if _territory(["", headers[n]]) == 1 or known[n] == "nome do municipio"), None)
    when = position_of(known, "mes", "trimestre", "ano", "periodo", "trimestre movel", "semestre")
    level = position_of(known, "nivel territorial")
    what = next((n for n in names if known[n].startswith(_TRADES)), None) if Of.ACTIVITY in indicator.by else None
    code = next(
        (n for n, header in enumerate(known) if "(codigo)" in header and header.startswith(("municipio", "brasil"))),
        None,
    )
    kinds = [n for n in names if n not in (where, when, what, level) and not known[n].startswith(_METADATA)]
    for row in rows:
        if len(row) <= max(value, *names) or when is None or (month := figures.month(row[when])) is None:
            continue
        if level is not None and fold(row[level]) not in _LEVELS:
            continue
        place = figures.place_of(row[where], row[code] if code is not None else "") if where is not None else ""
        trade = figures.activity(row[what]) if what is not None else ""
        yield _LabelledCell(place, trade, month, row[value], tuple(fold(row[n]) for n in kinds))
