"""Formulas over metrics: `100 * churned_mrr / mrr`. Names of the dictionary, numbers and signs, never SQL."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from b2shift.kernel.errors import InputError

LONGEST = 200
DEEPEST = 20
"""Characters of a formula, and parentheses within parentheses."""
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([a-z][a-z0-9_]*)|([-+*/()]))")
SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@dataclass(frozen=True)
class Formula:
    """A number, a metric, or two formulas with a sign between them."""

    number: float | None = None
    metric: str | None = None
    sign: str = ""
    parts: "tuple[Formula, ...]" = ()

    def metrics(self) -> tuple[str, ...]:
        """The metrics it is made of, each once, in the order they stand."""
        return tuple(dict.fromkeys(self._names()))

    def _names(self) -> Iterator[str]:
        if self.metric:
            yield self.metric
        for part in self.parts:
            yield from part._names()

    def sql(self, columns: Mapping[str, str]) -> str:
        """The same over columns that hold its metrics; NULL where something is divided by zero."""
        if self.number is not None:
            return repr(float(self.number))
        if self.metric:
            return columns[self.metric]
        left, right = (part.sql(columns) for part in self.parts)
        return f"({left} {self.sign} {f'nullif({right}, 0)' if self.sign == '/' else right})"

    def value(self, values: Mapping[str, float | None]) -> float | None:
        """What it comes to for the values of its metrics; None where one lacks or something is divided by zero."""
        if self.number is not None:
            return self.number
        if self.metric:
            return values.get(self.metric)
        left, right = (part.value(values) for part in self.parts)
        if left is None or right is None or (self.sign == "/" and right == 0):
            return None
        return SIGNS[self.sign](left, right)


@lru_cache(maxsize=256)
def read_formula(text: str) -> Formula:
    """The formula a text says; InputError tells where it cannot be read."""
    if len(text) > LONGEST:
        raise InputError("A fórmula é longa demais", value=len(text), hint=f"Use até {LONGEST} caracteres")
    reader = _Reader(text)
    found = reader.sum(0)
    if reader.at < len(reader.tokens):
        raise reader.wrong("A fórmula tem algo que não se encaixa")
    return found


class _Reader:
    """Products bind closer than sums; both go from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.tokens: list[str] = []
        place, whole = 0, text.rstrip()
        while place < len(whole):
            match = _TOKEN.match(whole, place)
            if match is None:
                hint = "Use nomes do dicionário (mrr, tickets), números com ponto, + - * / e parênteses"
                raise InputError("A fórmula tem algo que não se lê", value=whole[place : place + 12], hint=hint)
            self.tokens.append(match.group().strip())
            place = match.end()

    def sum(self, depth: int) -> Formula:
        return self._chain(depth, "+-", self.product)

    def product(self, depth: int) -> Formula:
        return self._chain(depth, "*/", self.term)

    def _chain(self, depth: int, signs: str, part: "Callable[[int], Formula]") -> Formula:
        found = part(depth)
        while self.at < len(self.tokens) and self.tokens[self.at] in signs:
            sign = self.tokens[self.at]
            self.at += 1
            found = Formula(sign=sign, parts=(found, part(depth)))
        return found

    def term(self, depth: int) -> Formula:
        if self.at >= len(self.tokens) or depth > DEEPEST:
            raise self.wrong("A fórmula termina antes da hora")
        symbol = self.tokens[self.at]
        self.at += 1
        if symbol == "(":
            found = self.sum(depth + 1)
            if self.at >= len(self.tokens) or self.tokens[self.at] != ")":
                raise self.wrong("Falta fechar um parêntese")
            self.at += 1
            return found
        if symbol[0].isdigit():
            return Formula(number=float(symbol))
        if symbol[0].isalpha():
            return Formula(metric=symbol)
        self.at -= 1
        raise self.wrong("Falta um número ou uma métrica")

    def wrong(self, what: str) -> InputError:
        hint = "Por exemplo: 100 * churned_mrr / mrr"
        return InputError(what, value=" ".join(self.tokens[self.at : self.at + 4]) or self.text[-12:], hint=hint)
