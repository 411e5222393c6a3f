"""Numbers in every form the files have: `1234,56`, `1234.56`, `1.234,56`, `R$ 1.234,56`, `(12,5)`."""

import re
from decimal import Decimal

from b2shift.identify.cleansing.granularity import Granularity
from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.sources.declaration import Mark

KIND = "mixed_decimal"
_ANY = Granularity()
_CURRENCY = re.compile(r"(?:R\$|BRL|US\$|USD|\$|€|%)", re.IGNORECASE)
REAIS = "R$"
_PLAIN = re.compile(r"^[-+]?\d+(?:\.\d+)?$")
_SCIENTIFIC = re.compile(r"^[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d{1,3}$")
_GROUPED = {mark: re.compile(rf"^[-+]?\d{{1,3}}(?:\{mark}\d{{3}})+$") for mark in ".,"}


def decide_mark(commas: int, points: int, declared: Mark) -> Mark:
    """The decimal mark of a file: the one most of its numbers have, as declared when they have none."""
    if commas == points:
        return declared
    return Mark.COMMA if commas > points else Mark.POINT


def without_currency_sql(text: str) -> str:
    """SQL: a number without the currency of Brazil in front of it."""
    return f"CASE WHEN starts_with({text}, '{REAIS}') THEN ltrim(substr({text}, 3), ' ' || chr(160)) ELSE {text} END"


def judge_number(text: str, mark: Mark, grain: Granularity = _ANY) -> Verdict:
    """A number with a decimal point, or unknown; one that is off its column's step is kept, with a doubt."""
    value = _number(text, mark)
    if value is None:
        return Verdict(None, KIND, "não é um número")
    if grain.step > 1 and value.scaleb(grain.decimals) % grain.step:
        return Verdict(f"{value:f}", KIND, f"perdeu casas decimais: a coluna anda de {grain.told} em {grain.told}", 0.5)
    return Verdict(f"{value:f}", KIND, "número escrito de outra forma", 0.99)


def judge_whole(text: str, mark: Mark) -> Verdict:
    """A whole number, or unknown."""
    value = _number(text, mark)
    if value is None or value != value.to_integral_value() or abs(value) >= 2**31:
        return Verdict(None, "invalid_number", "não é um número inteiro")
    return Verdict(f"{value.to_integral_value():f}", KIND, "número escrito de outra forma", 0.99)


def judge_score(text: str, mark: Mark) -> Verdict:
    """A note from 0 to 10, or unknown."""
    verdict = judge_whole(text, mark)
    if verdict.after is None or not 0 <= int(verdict.after) <= 10:
        return Verdict(None, "invalid_score", "não é uma nota de 0 a 10")
    return verdict


def _number(text: str, mark: Mark) -> Decimal | None:
    digits = _CURRENCY.sub("", text).replace("\u00a0", " ").replace("−", "-").strip()
    negative = digits.startswith("(") and digits.endswith(")")
    digits = digits.strip("()").replace(" ", "")
    if digits.endswith("-") and not digits.startswith("-"):
        digits = f"-{digits[:-1]}"
    if _SCIENTIFIC.match(digits):
        return _signed(Decimal(digits.replace(",", ".")), negative)
    plain = _plain(digits, "," if mark is Mark.COMMA else ".")
    return _signed(Decimal(plain), negative) if plain is not None else None


def _signed(value: Decimal, negative: bool) -> Decimal:
    return -value if negative else value


def _plain(digits: str, mark: str) -> str | None:
    """Digits with a point: with both marks the last one is the decimal; alone, groups of three are thousands
    when the file's own decimal mark is the other one."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        decimal = "," if comma > point else "."
        whole, _, fraction = digits.rpartition(decimal)
        group = "." if decimal == "," else ","
        if not _GROUPED[group].match(whole) or not fraction.isdigit():
            return None
        plain = f"{whole.replace(group, '')}.{fraction}"
    elif comma >= 0 or point >= 0:
        only = "," if comma >= 0 else "."
        grouped = bool(_GROUPED[only].match(digits)) and not digits.lstrip("+-").startswith("0")
        if grouped and (only != mark or digits.count(only) > 1):
            plain = digits.replace(only, "")
        else:
            plain = digits.replace(only, ".")
    else:
        plain = digits
    return plain if _PLAIN.match(plain) and plain.isascii() else None
