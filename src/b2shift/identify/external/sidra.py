"""Tables of IBGE's SIDRA, as it exports them: wide (periods as columns) or flat (one value a line).

Titles stand above, notes and a legend below; codes and levels of the territory may stand beside its name; a period may
have several columns, the first of which alone carries its name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from b2shift.identify.external import figures
from b2shift.identify.external.cells import decimal_of, find, folded, other_layout
from b2shift.identify.external.declaration import Indicator, Of
from b2shift.identify.external.figures import Figure
from b2shift.kernel.text import fold

_TITLES = 40
"""lines within which the head of a table stands"""
_LEVELS = {"mu", "municipio", "br", "brasil"}
_TRADES = ("classificacao nacional", "cnae")
_ASIDE = ("cod", "nivel", "unidade de medida")


@dataclass(frozen=True)
class _Said:
    """One cell with what stands beside and above it; `kinds` are its categories besides place, trade and period."""

    place: str
    trade: str
    month: date
    text: str
    kinds: tuple[str, ...]


def read_sidra(indicator: Indicator, name: str, cells: list[list[str]], mark: str) -> Iterator[Figure]:
    """Every figure of a table; SchemaError: no head, or several values for one place, trade and period."""
    flat = next((n for n, row in enumerate(cells[:_TITLES]) if len(row) > 2 and "valor" in folded(row)), None)
    said = list(_flat(cells[flat], cells[flat + 1 :], indicator) if flat is not None else _wide(indicator, name, cells))
    decimal = decimal_of((one.text for one in said), mark)
    known: dict[tuple[str, str, date], float] = {}
    for one in _totals(said):
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


def _totals(said: list[_Said]) -> Iterator[_Said]:
    """Of categories of which one is the total, the total alone."""
    width = max((len(one.kinds) for one in said), default=0)
    total = [any(n < len(one.kinds) and one.kinds[n] == "total" for one in said) for n in range(width)]
    for one in said:
        if all(kind == "total" for kind, has in zip(one.kinds, total, strict=False) if has):
            yield one


def _territory(row: Sequence[str]) -> int | None:
    """Where the name of the territory stands, in a row that is a head."""
    heads = folded(row)
    told = [n for n, head in enumerate(heads) if head.split(",")[0].split(" e ")[0] in ("municipio", "brasil")]
    return told[0] if told and len(row) > 1 else None


def _wide(indicator: Indicator, name: str, cells: list[list[str]]) -> Iterator[_Said]:
    at, head = _periods(indicator, name, cells)
    title = cells[at][head]
    titled = [len(row) > head and row[head] == title for row in cells]
    end = next((n for n in range(at + 1, len(cells)) if not titled[n] or _numbers(cells[n][head + 1 :])), len(cells))
    months = _carried([figures.month(cell) for cell in cells[at]])
    # Lines of the head as wide as the periods say what the columns are of, not only what the lines are called.
    above = [_filled(cells[n]) for n in range(end) if n != at and titled[n] and len(cells[n]) >= len(months)]
    heads = folded(cells[at])
    level = find(heads, "nivel")
    code = next((n for n, one in enumerate(heads[: head + 1]) if one.startswith("cod")), None)
    first = next(n for n, told in enumerate(months) if told is not None)
    words = [n for n in range(first) if n != head and not heads[n].startswith(_ASIDE)]
    by_trade = Of.ACTIVITY in indicator.by
    what = next((n for n in words if heads[n].startswith(_TRADES)), words[0] if words else None) if by_trade else None
    for row in cells[end:]:
        if len(row) <= first or row == cells[at] or (level is not None and fold(row[level]) not in _LEVELS):
            continue
        place = figures.place_of(row[head], row[code] if code is not None else "")
        beside = tuple(fold(row[n]) for n in words if n != what)
        for n, (cell, told) in enumerate(zip(row, months, strict=False)):
            if told is None:
                continue
            labels = [one[n] if n < len(one) else "" for one in above]
            trade = figures.activity(row[what]) if what is not None else ""
            if by_trade and what is None and labels:
                trade, labels = figures.activity(labels[-1]), labels[:-1]
            yield _Said(place, trade, told, cell, (*beside, *map(fold, labels)))


def _periods(indicator: Indicator, name: str, cells: list[list[str]]) -> tuple[int, int]:
    """The line that names the periods, and where the territory stands in it."""
    for at, row in enumerate(cells[:_TITLES]):
        where = _territory(row)
        if where is not None and any(figures.month(cell) for cell in row[where + 1 :]):
            return at, where
    raise other_layout(indicator, name, "nenhuma linha de cabeçalho com o município (ou Brasil) e os períodos")


def _numbers(row: Sequence[str]) -> bool:
    return any(figures.number(cell, ",") is not None for cell in row)


def _carried(months: list[date | None]) -> list[date | None]:
    """A period whose name stands above the first of its columns alone holds for those after it."""
    told: date | None = None
    return [told := month or told for month in months]


def _filled(row: Sequence[str]) -> list[str]:
    told = ""
    return [told := cell or told for cell in row]


def _flat(heads: Sequence[str], rows: Sequence[Sequence[str]], indicator: Indicator) -> Iterator[_Said]:
    known = folded(heads)
    value = known.index("valor")
    names = [n for n, head in enumerate(known) if "(codigo)" not in head and n != value]
    where = next((n for n in names if _territory(["", heads[n]]) == 1 or known[n] == "nome do municipio"), None)
    when = find(known, "mes", "trimestre", "ano", "periodo", "trimestre movel", "semestre")
    level = find(known, "nivel territorial")
    what = next((n for n in names if known[n].startswith(_TRADES)), None) if Of.ACTIVITY in indicator.by else None
    code = next(
        (n for n, head in enumerate(known) if "(codigo)" in head and head.startswith(("municipio", "brasil"))), None
    )
    kinds = [n for n in names if n not in (where, when, what, level) and not known[n].startswith(_ASIDE)]
    for row in rows:
        if len(row) <= max(value, *names) or when is None or (told := figures.month(row[when])) is None:
            continue
        if level is not None and fold(row[level]) not in _LEVELS:
            continue
        place = figures.place_of(row[where], row[code] if code is not None else "") if where is not None else ""
        trade = figures.activity(row[what]) if what is not None else ""
        yield _Said(place, trade, told, row[value], tuple(fold(row[n]) for n in kinds))
