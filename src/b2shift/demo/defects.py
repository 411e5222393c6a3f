"""What is wrong with the drop: every defect is planted at random and written into a log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from b2shift.demo.chance import stream
from b2shift.demo.columns import Table, base36
from b2shift.kernel.text import unaccent


@dataclass(frozen=True)
class Weak:
    """Which columns of a file can go wrong, and how."""

    words: tuple[str, ...] = ()
    city: str = ""
    dates: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    key: str = ""
    cnpj: str = ""
    repeats: bool = True
    misread: str = "cp1252"
    """As what UTF-8 was read where a word is garbled; a latin-1 file can only hold what latin-1 can."""


@dataclass
class Log:
    """Every defect planted: file, kind, column, 0-based data row, before, after."""

    rows: list[tuple[str, str, str, int, str, str]] = field(default_factory=list)

    def add(self, file: str, kind: str, column: str, row: int, before: str, after: str) -> None:
        self.rows.append((file, kind, column, row, before, after))


DUPLICATES, VARIANTS, BROKEN, TYPOS, DATES, NUMBERS, KEYS, CNPJS = 0.015, 0.05, 0.004, 0.03, 0.008, 0.02, 0.006, 0.02
_ACCENTS = (
    ("CAO", "ÇÃO"),
    ("NAO", "NÃO"),
    ("SERVICO", "SERVIÇO"),
    ("LOGISTICA", "LOGÍSTICA"),
    ("SAUDE", "SAÚDE"),
    ("ç", "c"),
    ("ã", "a"),
)


class Spoiler:
    """Plants the defects of one drop."""

    def __init__(self, dirty: float, seed: int, log: Log) -> None:
        self.dirty, self.seed, self.log = dirty, seed, log

    def spoil(self, file: str, table: Table, weak: Weak) -> Table:
        """The table with its defects, each logged; untouched when the drop is clean."""
        if not self.dirty:
            return table
        rng = stream(self.seed, f"defects of {file}")
        if weak.repeats:
            table = self._repeat(file, table, rng)
        table = dict(table)
        plans: list[tuple[str, str, float, Callable[[str, np.random.Generator], str]]] = []
        for column in weak.words:
            garble = partial(_mojibake, weak.misread)
            plans += [(column, "category_variant", VARIANTS, _variant), (column, "mojibake", BROKEN, garble)]
        if weak.city:
            plans.append((weak.city, "city_typo", TYPOS, _typo))
        plans += [(column, "invalid_or_other_date", DATES, _date) for column in weak.dates]
        plans += [(column, "mixed_decimal", NUMBERS, _number) for column in weak.numbers]
        if weak.key:
            plans += [(weak.key, "orphan_key", KEYS, _orphan), (weak.key, "key_whitespace_or_case", KEYS, _untidy)]
        if weak.cnpj:
            plans.append((weak.cnpj, "cnpj_unformatted_or_wrong_digit", CNPJS, _cnpj))
        spoilt: dict[str, set[int]] = {}
        for column, kind, rate, change in plans:
            values = table[column].copy()
            for row in self._some(len(values), rate, rng):
                before = str(values[row])
                taken = spoilt.setdefault(column, set())
                after = change(before, rng) if before and before != "NULL" and row not in taken else before
                if after != before:
                    taken.add(int(row))
                    values[row] = after
                    self.log.add(file, kind, column, int(row), before, after)
            table[column] = values
        return table

    def again(self, count: int, rng: np.random.Generator) -> list[int]:
        """Which of `count` events are delivered twice."""
        return [int(n) for n in self._some(count, 0.01, rng)]

    def _some(self, count: int, rate: float, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        drawn = rng.binomial(count, min(1.0, rate * self.dirty)) if count else 0
        return np.sort(rng.choice(count, drawn, replace=False)) if drawn else np.empty(0, np.int64)

    def _repeat(self, file: str, table: Table, rng: np.random.Generator) -> Table:
        """Some rows come again, a little after the first time."""
        count = len(next(iter(table.values())))
        twice = self._some(count, DUPLICATES, rng)
        places = np.minimum(twice + rng.integers(1, 50, len(twice)), count - 1) + 0.5
        order = np.argsort(np.concatenate([np.arange(count), places]), kind="stable")
        source = np.concatenate([np.arange(count), twice]).astype(int)[order]
        for row in np.flatnonzero(order >= count):
            self.log.add(file, "duplicate_row", "", int(row), f"clean row {source[row]}", "")
        return {name: column[source] for name, column in table.items()}


def _variant(text: str, rng: np.random.Generator) -> str:
    way = int(rng.integers(5))
    if way == 0:
        return text.lower()
    if way == 1:
        return text.title()
    if way == 2:
        return f" {text}  "
    if way == 3:
        for plain, accented in _ACCENTS:
            if plain in text:
                return text.replace(plain, accented, 1)
        return unaccent(text) if not text.isascii() else f"{text} "
    return text.replace(" ", "  ") if " " in text else text.capitalize()


def _mojibake(misread: str, text: str, rng: np.random.Generator) -> str:
    """UTF-8 read as another encoding; a plain text gets an accent first, as a person would have typed it."""
    typed = text if not text.isascii() else text.replace("C", "Ç", 1).replace("c", "ç", 1)
    return typed.encode("utf-8").decode(misread, errors="ignore")


def _typo(text: str, rng: np.random.Generator) -> str:
    if len(text) < 5:
        return text
    at, way = int(rng.integers(1, len(text) - 2)), int(rng.integers(4))
    a, b = text[at], text[at + 1]
    return text[:at] + (f"{b}{a}", b, f"{a}{a}{b}", f"X{b}")[way] + text[at + 2 :]


def _date(text: str, rng: np.random.Generator) -> str:
    other = f"{text[6:10]}-{text[3:5]}-{text[:2]}" if text[2] == "/" else f"{text[8:10]}/{text[5:7]}/{text[:4]}"
    return ("0000-00-00", "2025-02-30", "31/12/2049", "1900-01-01", "", other, other)[int(rng.integers(7))]


def _number(text: str, rng: np.random.Generator) -> str:
    value = float(text.replace(",", "."))
    grouped = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    return (f"{value:.2f}", f"R$ {grouped}", grouped, "")[int(rng.integers(4))]


def _orphan(text: str, rng: np.random.Generator) -> str:
    return f"TX{base36(int(rng.integers(36**4)), 4)}{text[6:]}"


def _untidy(text: str, rng: np.random.Generator) -> str:
    return text.lower() if rng.random() < 0.5 else f"{text} "


def _cnpj(text: str, rng: np.random.Generator) -> str:
    way = int(rng.integers(3))
    if way == 0:
        return text.replace(".", "").replace("/", "").replace("-", "")
    if way == 1:
        return text[:-1] + str((int(text[-1]) + 1 + int(rng.integers(9))) % 10)
    return text[:3] + text[4] + text[3] + text[5:]
