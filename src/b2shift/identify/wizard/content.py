"""What the values of a column look like: the kind most of them are, and how many."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from b2shift.identify.cleansing.cnpj import judge_cnpj
from b2shift.identify.cleansing.dates import Written, written_like
from b2shift.identify.cleansing.flags import judge_flag
from b2shift.identify.cleansing.numbers import decide_mark, judge_number
from b2shift.identify.sources.declaration import Mark

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}$")
_PHONE = re.compile(r"^'?\+?[\d\s().\-]{8,20}$")
_DOMAIN = re.compile(r"^(https?://)?([a-z0-9\-]+\.)+[a-z]{2,}(/\S*)?$", re.IGNORECASE)
_MONTH = re.compile(r"^(?:\d{4}[-/]?(?:0[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/]\d{4})$")
_COMPACT = re.compile(r"^(?:19[5-9]|20[0-4])\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
_MOMENT = re.compile(r"\d[T ,]+\d{1,2}:\d{2}")
_STATES = frozenset(re.findall("..", "ACALAPAMBACEDFESGOMAMTMSMGPAPBPRPEPIRJRNRSRORRSCSPSETO"))
_SCORES = frozenset(map(str, range(11)))
_NEARLY_ALL = 0.9
_FEW = 40
"""A column with at most so many different values, each often said, is a category."""


_WORDS = {
    "empty": "vazia", "timestamp": "data e hora", "date": "data", "score": "nota de 0 a 10", "flag": "sim ou não",
    "email": "e-mail", "cnpj": "CNPJ", "state": "UF", "integer": "número inteiro", "decimal": "número",
    "phone": "telefone", "month": "mês", "domain": "domínio", "category": "categoria", "text": "texto",
}  # fmt: skip


class Content(NamedTuple):
    """Values told: kind, share of the filled values that are of it, different ones, how full the column is."""

    kind: str
    share: float
    filled: float
    distinct: int
    rows: int
    unique: bool
    days: Written
    commas: int
    points: int

    @property
    def told(self) -> str:
        """For people."""
        kind = f"{self.share:.0%} {_WORDS[self.kind]}" if self.kind != "empty" else _WORDS[self.kind]
        return f"{kind}, {self.filled:.0%} preenchida, {self.distinct} valores diferentes"


def look(values: Sequence[str]) -> Content:
    """What a column holds; nothing filled is kind `empty`."""
    filled = [value.strip() for value in values if value.strip()]
    different = set(filled)
    days = Written(*map(sum, zip(*map(written_like, filled), strict=True))) if filled else Written()
    commas = sum(bool(re.search(r"\d,\d{1,2}$", v)) for v in filled)
    points = sum(bool(re.search(r"\d\.\d{1,2}$", v)) for v in filled)
    kind, share = _kind(filled, different, days, decide_mark(commas, points, Mark.COMMA))
    rows = len(values)
    unique = len(filled) == len(different) == rows and rows > 1
    return Content(kind, share, len(filled) / rows if rows else 0, len(different), rows, unique, days, commas, points)


def _kind(filled: list[str], different: set[str], days: Written, mark: Mark) -> tuple[str, float]:
    if not filled:
        return "empty", 0.0
    compact = sum(bool(_COMPACT.match(v)) for v in filled)
    dated = max(days.year_first + days.year_last, compact) / len(filled)
    if dated >= _NEARLY_ALL:
        clocks = sum(bool(_MOMENT.search(v)) for v in filled) / len(filled)
        return ("timestamp" if clocks > 0.5 else "date"), dated
    tests: list[tuple[str, Callable[[str], bool]]] = [
        ("month", lambda v: bool(_MONTH.match(v)) and 1950 <= int(re.sub(r".*?(\d{4}).*", r"\1", v)) < 2050),
        ("email", lambda v: bool(_EMAIL.match(v))),
        ("cnpj", lambda v: judge_cnpj(v).after is not None),
        ("state", lambda v: v in _STATES),
        ("phone", lambda v: v.lstrip("'").startswith("+") and _is_phone(v)),
        ("integer", lambda v: v.lstrip("-").isdigit()),
        ("decimal", lambda v: judge_number(v, mark).after is not None),
        ("phone", _is_phone),
        ("domain", lambda v: bool(_DOMAIN.match(v))),
    ]
    if len(different) <= 2 and all(judge_flag(v).after is not None for v in different):
        return "flag", 1.0
    if len(different) > 2 and different <= _SCORES:
        return "score", 1.0
    for kind, is_it in tests:
        share = sum(map(is_it, filled)) / len(filled)
        if share >= _NEARLY_ALL:
            return kind, share
    few = len(different) <= _FEW and len(different) <= 0.5 * len(filled)
    return ("category" if few else "text"), 1.0


def _is_phone(value: str) -> bool:
    return bool(_PHONE.match(value)) and sum(sign.isdigit() for sign in value) >= 8


# What a column of the canonical tables may hold: kind wanted → kinds of content that are (1) or could be (0.8) it.
FITS: dict[str, dict[str, float]] = {
    "id": {"integer": 1, "month": 0.9, "score": 0.6, "text": 0.9, "phone": 0.8, "decimal": 0.5},
    "customer": {"integer": 1, "month": 0.9, "score": 0.6, "text": 1, "phone": 0.8, "category": 0.9, "cnpj": 0.9},
    "text": {"text": 1, "category": 1, "email": 0.9, "integer": 0.5, "score": 0.4},
    "category": {"category": 1, "text": 0.9, "state": 0.6},
    "email": {"email": 1},
    "phone": {"phone": 1, "integer": 0.7},
    "cnpj": {"cnpj": 1},
    "domain": {"domain": 1},
    "state": {"state": 1, "category": 0.7},
    "city": {"text": 1, "category": 1},
    "month": {"month": 1},
    "date": {"date": 1, "timestamp": 0.95},
    "timestamp": {"timestamp": 1, "date": 0.9},
    "decimal": {"decimal": 1, "month": 0.8, "integer": 1, "score": 0.9},
    "integer": {"integer": 1, "month": 0.9, "score": 1},
    "flag": {"flag": 1},
    "score": {"score": 1, "integer": 0.3},
}


def fit(content: Content, kinds: Sequence[str]) -> float:
    """How well the content is one of these kinds, 0 to 1; an empty column says nothing."""
    if content.kind == "empty":
        return 0.5
    return max(FITS[kind].get(content.kind, 0.0) for kind in kinds)
