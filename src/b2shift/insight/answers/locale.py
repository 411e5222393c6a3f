"""The language of answers: sentences written in Portuguese with an English translation, number and date formats."""

from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Literal

from b2shift.kernel.calendar import add_months, first_of_month, quarter_name
from b2shift.kernel.money import english_amount, english_number, format_brl_short, format_number
from b2shift.kernel.yaml import parse_yaml
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Grain, Period

Language = Literal["pt", "en"]
MONTH_NAMES = {
    "pt": "jan fev mar abr mai jun jul ago set out nov dez".split(),
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
}


class Locale:
    """Sentences, numbers, months and names in one language."""

    def __init__(self, language: Language = "pt") -> None:
        self.language: Language = language

    def say(self, text: str, **values: object) -> str:
        """A sentence with its values, translated; KeyError when there is no translation.

        A sentence that ends in `p.p.` has no second full stop.
        """
        return (text if self.language == "pt" else english()[text]).format(**values).replace("p.p..", "p.p.")

    def number(self, value: float, decimals: int = 0) -> str:
        """`1.234,5` or `1,234.5`."""
        text = format_number(value, decimals)
        return text if self.language == "pt" else english_number(text)

    def figure(self, value: float, unit: str) -> str:
        """A number with its unit, as pages write it: `R$ 1,23 mi`, `3,4%`, `12,5 h`, a score `75,0`, a count `42`."""
        match unit:
            case "brl":
                return self._money(value)
            case "percent" | "share":
                return f"{self.number(value, 1)}%"
            case "hours":
                return f"{self.number(value, 1)} h"
            case "score" | "points":
                return self.number(value, 1)
            case "correlation" | "ratio":
                return self.number(value, 2)
            case _:
                return self.number(value, 0 if value == int(value) else 1)

    def limit(self, value: float, unit: str) -> str:
        """A number as somebody said it: `75`, not what is measured, `75,0`; `5%`, `8 h`."""
        after = {"score": "", "points": "", "percent": "%", "share": "%", "hours": " h"}.get(unit)
        whole = after is not None and value == int(value)
        return f"{self.number(value)}{after}" if whole else self.figure(value, unit)

    def months(self, count: float) -> str:
        """`18 meses`, and whole years as `10 anos`."""
        years, rest = divmod(count, 12)
        if years and not rest:
            return self.say("{n} ano" if years == 1 else "{n} anos", n=self.number(years))
        return self.say("{n} mês" if count == 1 else "{n} meses", n=self.number(count, 0 if count == int(count) else 1))

    def _money(self, value: float) -> str:
        text = format_brl_short(value)
        return text if self.language == "pt" else english_amount(text)

    def month(self, day: date) -> str:
        """`mai/2026`, `May 2026`."""
        return f"{MONTH_NAMES[self.language][day.month - 1]}{'/' if self.language == 'pt' else ' '}{day.year}"

    def bucket(self, day: date, grain: Grain) -> str:
        """The month, quarter or year that begins with a day: `mai/2026`, `2º tri/2026`, `2026`."""
        match grain:
            case "month":
                return self.month(day)
            case "quarter":
                return quarter_name(day, english=self.language == "en")
            case "year":
                return str(day.year)

    def period(self, period: Period) -> str:
        """`mai/2026`, `jan/2026 a mar/2026`, or days where months are not whole."""
        following = add_months(first_of_month(period.end), 1)
        if period.start.day != 1 or (following - period.end).days != 1:
            return self.say("{first} a {last}", first=f"{period.start:%d/%m/%Y}", last=f"{period.end:%d/%m/%Y}")
        first, last = self.month(period.start), self.month(period.end)
        return first if first == last else self.say("{first} a {last}", first=first, last=last)

    def metric(self, name: str) -> str:
        """The label of a metric."""
        one = load_dictionary().metrics[name]
        return one.label if self.language == "pt" else one.label_en or one.label

    def definition(self, name: str) -> str:
        """The definition of a metric; in Portuguese where there is no other."""
        one = load_dictionary().metrics[name]
        return one.definition if self.language == "pt" else one.definition_en or one.definition

    def owner(self, name: str) -> str:
        """The owner of a metric's definition; names of a house stay as they are."""
        one = load_dictionary().metrics[name]
        return one.owner if self.language == "pt" else one.owner_en or one.owner

    def dimension(self, name: str) -> str:
        """The label of a dimension."""
        one = load_dictionary().dimensions[name]
        return one.label if self.language == "pt" else one.words.en[0].capitalize() if one.words.en else one.label


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """Portuguese sentence → its English translation."""
    twins: dict[str, str] = parse_yaml((resources.files("b2shift.insight.answers") / "english.yaml").read_text("utf-8"))
    return twins
