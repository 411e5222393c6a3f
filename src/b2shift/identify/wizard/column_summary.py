"""Summarise a column by its values: the semantic type most of them have, fill rate, distinct values, notation."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from b2shift.identify.cleansing.cnpj import judge_cnpj
from b2shift.identify.cleansing.dates import Written, written_like
from b2shift.identify.cleansing.flags import judge_flag
from b2shift.identify.cleansing.named_months import named_month
from b2shift.identify.cleansing.numbers import decide_mark, judge_number
from b2shift.identify.cleansing.several_contacts import is_email, is_phone
from b2shift.identify.sources.declaration import Mark

_DOMAIN = re.compile(r"^(https?://)?([a-z0-9\-]+\.)+[a-z]{2,}(/\S*)?$", re.IGNORECASE)
_MONTH = re.compile(r"^(?:\d{4}[-/]?(?:0[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/]\d{4})$")
_COMPACT_DATE = re.compile(r"^(?:19[5-9]|20[0-4])\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
_CLOCK_TIME = re.compile(r"\d(?:[T ,]| às | at )+\d{1,2}:\d{2}", re.IGNORECASE)
_THOUSANDS = re.compile(r"^-?[1-9]\d{0,2}\.\d{3}$")
_STATES = frozenset(re.findall("..", "ACALAPAMBACEDFESGOMAMTMSMGPAPBPRPEPIRJRNRSRORRSCSPSETO"))
_SCORES = frozenset(map(str, range(11)))
_NEARLY_ALL = 0.9
_NOT_ALL = 0.995
"""what would round to 100% and is not"""
_MOST_CATEGORIES = 40
"""at most so many distinct values, each repeated, make a category"""


_KIND_NAMES = {
    "empty": "vazia", "timestamp": "data e hora", "date": "datas", "score": "notas de 0 a 10", "flag": "sim ou não",
    "email": "e-mails", "cnpj": "CNPJ", "state": "UF", "integer": "números inteiros", "decimal": "números",
    "phone": "telefones", "month": "meses", "domain": "domínios", "category": "categorias", "text": "textos",
}  # fmt: skip


_DAYS = ("date", "timestamp")
_SERIALS = "datas como números de planilhas"


class ColumnSummary(NamedTuple):
    """Semantic type and statistics of the values of a column."""

    kind: str
    share: float
    """of the filled values that have the type"""
    filled: float
    """share of the rows"""
    distinct: int
    rows: int
    unique: bool
    days: Written
    commas: int
    """values with a decimal comma"""
    points: int
    """values with a decimal point"""
    thousands: int
    """values whose only mark may be that of thousands"""

    @property
    def description(self) -> str:
        """In words, pt-BR."""
        if self.kind == "empty":
            return _KIND_NAMES[self.kind]
        name = _SERIALS if self.kind in _DAYS and self.days.serial > self.days.days else _KIND_NAMES[self.kind]
        kind = name if self.share == 1 else f"{_share(self.share)} {name}"
        filled = "sempre preenchida" if self.filled == 1 else f"{_share(self.filled)} preenchida"
        return f"{kind}; {filled}; {self._values}"

    @property
    def _values(self) -> str:
        if self.unique:
            return "nenhum valor se repete"
        return "um só valor" if self.distinct == 1 else f"{self.distinct:,} valores diferentes".replace(",", ".")


def _share(share: float) -> str:
    """A share that is not the whole: `34%`, `mais de 99%`, `menos de 1%`."""
    if share >= _NOT_ALL:
        return "mais de 99%"
    return "menos de 1%" if share < 1 - _NOT_ALL else f"{share:.0%}"


def summarise(values: Sequence[str], *, dated: bool = False) -> ColumnSummary:
    """The summary of the values of a column; of kind `empty` where none is filled.

    `dated`: its name is that of a day, so that numbers which days have in a workbook are days.
    """
    filled = [value.strip() for value in values if value.strip()]
    distinct_values = set(filled)
    days = Written(*map(sum, zip(*map(written_like, filled), strict=True))) if filled else Written()
    commas = sum(bool(re.search(r"\d,\d{1,2}$", v)) for v in filled)
    points = sum(bool(re.search(r"\d\.\d{1,2}$", v)) for v in filled)
    thousands = sum(bool(_THOUSANDS.match(v)) for v in filled)
    kind, share = _semantic_type(filled, distinct_values, days, decide_mark(commas, points, Mark.COMMA), dated)
    rows = len(values)
    unique = len(filled) == len(distinct_values) == rows and rows > 1
    return ColumnSummary(
        kind,
        share,
        len(filled) / rows if rows else 0,
        len(distinct_values),
        rows,
        unique,
        days,
        commas,
        points,
        thousands,
    )


def _semantic_type(
    filled: list[str], distinct_values: set[str], days: Written, mark: Mark, dated_name: bool
) -> tuple[str, float]:
    if not filled:
        return "empty", 0.0
    compact = sum(bool(_COMPACT_DATE.match(v)) for v in filled)
    dated = max(days.days + days.serial * dated_name, compact) / len(filled)
    if dated >= _NEARLY_ALL:
        timed = sum(bool(_CLOCK_TIME.search(v)) for v in filled) / len(filled)
        return ("timestamp" if timed > 0.5 else "date"), dated
    tests: list[tuple[str, Callable[[str], bool]]] = [
        ("month", _is_month),
        ("email", is_email),
        ("cnpj", lambda v: judge_cnpj(v).after is not None),
        ("state", lambda v: v in _STATES),
        ("phone", lambda v: v.lstrip("'").startswith("+") and is_phone(v)),
        ("integer", lambda v: v.lstrip("-").isdigit()),
        ("decimal", lambda v: judge_number(v, mark).after is not None),
        ("phone", is_phone),
        ("domain", lambda v: bool(_DOMAIN.match(v))),
    ]
    if len(distinct_values) <= 2 and all(judge_flag(v).after is not None for v in distinct_values):
        return "flag", 1.0
    if len(distinct_values) > 2 and distinct_values <= _SCORES:
        return "score", 1.0
    for kind, has_type in tests:
        share = sum(map(has_type, filled)) / len(filled)
        if share >= _NEARLY_ALL:
            return kind, share
    few = len(distinct_values) <= _MOST_CATEGORIES and len(distinct_values) <= 0.5 * len(filled)
    return ("category" if few else "text"), 1.0


def _is_month(value: str) -> bool:
    if _MONTH.match(value):
        return 1950 <= int(re.sub(r".*?(\d{4}).*", r"\1", value)) < 2050
    found = named_month(value)
    return found is not None and 1950 <= found.year < 2050


# Type of a canonical column → semantic types of values, each with how well it serves, 0 to 1.
COMPATIBILITY: dict[str, dict[str, float]] = {
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
    "date": {"date": 1, "timestamp": 0.95, "month": 0.8},
    "timestamp": {"timestamp": 1, "date": 0.9},
    "decimal": {"decimal": 1, "month": 0.8, "integer": 1, "score": 0.9},
    "integer": {"integer": 1, "month": 0.9, "score": 1},
    "flag": {"flag": 1},
    "score": {"score": 1, "integer": 0.3},
}


def compatibility(summary: ColumnSummary, kinds: Sequence[str]) -> float:
    """How well a column serves as one of these types, 0 to 1; 0.5 for an empty column."""
    if summary.kind == "empty":
        return 0.5
    return max(COMPATIBILITY[kind].get(summary.kind, 0.0) for kind in kinds)
