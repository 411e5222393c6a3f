"""`$filter` and `$orderby` as SQL: names of declared columns, values bound, none of the caller's text."""

import re
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext

from b2shift.kernel.errors import InputError
from b2shift.metrics.api import Statement
from b2shift.metrics.contracts import Scalar
from b2shift.web.rest.odata.edm import Column

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<day>\d{4}-\d{2}-\d{2})|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[(),]))"
)
_SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_FUNCTIONS = {
    "contains": "contains({0}, {1})",
    "startswith": "starts_with({0}, {1})",
    "endswith": "ends_with({0}, {1})",
}
LONGEST, DEEPEST, MOST = 2000, 20, 200


class _Reader:
    """Recursive descent over the few forms there are: or, and, not, parentheses, comparisons, in, three functions."""

    def __init__(self, text: str, columns: Mapping[str, Column], statement: Statement) -> None:
        self.columns, self.statement, self.at = columns, statement, 0
        self.tokens = _tokens(text)

    def either(self, depth: int) -> str:
        found = [self.both(depth)]
        while self._word("or"):
            found.append(self.both(depth))
        return f"({' OR '.join(found)})" if len(found) > 1 else found[0]

    def both(self, depth: int) -> str:
        found = [self.one(depth)]
        while self._word("and"):
            found.append(self.one(depth))
        return f"({' AND '.join(found)})" if len(found) > 1 else found[0]

    def one(self, depth: int) -> str:
        if depth > DEEPEST:
            raise wrong(gettext("parênteses demais"))
        if self._word("not"):
            return f"(NOT {self.one(depth + 1)})"
        if self._sign("("):
            condition_sql = self.either(depth + 1)
            self._need(")")
            return condition_sql
        kind, word = self._next()
        if kind == "word" and word in _FUNCTIONS:
            return self._function(word)
        return self._comparison(self._column(kind, word))

    def _function(self, name: str) -> str:
        self._need("(")
        column = self._column(*self._next())
        if column.kind != "text":
            raise wrong(f"{name}({column.name})")
        self._need(",")
        condition_sql = _FUNCTIONS[name].format(column.sql, self._value(column))
        self._need(")")
        return condition_sql

    def _comparison(self, column: Column) -> str:
        kind, word = self._next()
        if kind == "word" and word == "in":
            self._need("(")
            values = [self._value(column)]
            while self._sign(","):
                values.append(self._value(column))
            self._need(")")
            return f"{column.sql} IN ({', '.join(values)})"
        if kind != "word" or word not in _SIGNS:
            raise wrong(word)
        if self._word("null"):
            if word not in {"eq", "ne"}:
                raise wrong(f"{word} null")
            return f"{column.sql} IS {'NOT ' if word == 'ne' else ''}NULL"
        return f"{column.sql} {_SIGNS[word]} {self._value(column)}"

    def _column(self, kind: str, word: str) -> Column:
        if kind != "word" or word not in self.columns:
            raise wrong(word)
        return self.columns[word]

    def _value(self, column: Column) -> str:
        kind, word = self._next()
        return f"{self.statement.bind(_typed(kind, word, column))}{column.cast}"

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise wrong(gettext("falta uma parte no fim"))
        self.at += 1
        return self.tokens[self.at - 1]

    def _word(self, wanted: str) -> bool:
        return self._take(("word", wanted))

    def _sign(self, wanted: str) -> bool:
        return self._take(("sign", wanted))

    def _take(self, wanted: tuple[str, str]) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at] == wanted
        self.at += found
        return found

    def _need(self, wanted: str) -> None:
        if not self._sign(wanted):
            raise wrong(gettext("falta %(sign)s") % {"sign": wanted})


def condition(text: str, columns: Mapping[str, Column], statement: Statement) -> str:
    """A `$filter` as SQL with its values bound to the statement. Raises InputError where it cannot be read."""
    reader = _Reader(text, columns, statement)
    condition_sql = reader.either(0)
    if reader.at < len(reader.tokens):
        raise wrong(reader.tokens[reader.at][1])
    return condition_sql


def order(text: str, columns: Mapping[str, Column]) -> list[str]:
    """A `$orderby` as SQL parts; InputError for what is no column."""
    out = []
    for part in filter(None, (one.split() for one in text.split(","))):
        if part[0] not in columns or len(part) > 2 or (len(part) == 2 and part[1] not in {"asc", "desc"}):
            raise wrong(" ".join(part))
        out.append(f"{columns[part[0]].sql} {part[1].upper() if len(part) == 2 else 'ASC'} NULLS LAST")
    return out


def wrong(about: str) -> InputError:
    """What cannot be read."""
    return InputError(gettext("A consulta OData não pode ser lida"), value=about[:80], hint=gettext("Veja $metadata"))


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST or "\x00" in text:
        raise wrong(gettext("texto longo demais"))
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None or len(out) >= MOST:
            raise wrong(text[at : at + 20])
        kind = str(found.lastgroup)
        out.append((kind, found[kind]))
        at = found.end()
    return out


def _typed(kind: str, word: str, column: Column) -> Scalar | bool:
    """A value of the column's own type; InputError for another's."""
    if kind == "text" and column.kind == "text":
        return word[1:-1].replace("''", "'")
    if kind == "number" and column.kind in {"whole", "number"}:
        return float(word) if "." in word or column.kind == "number" else int(word)
    if kind == "word" and column.kind == "yes_no" and word in {"true", "false"}:
        return word == "true"
    if kind == "day" and column.kind == "day":
        try:
            return date.fromisoformat(word).isoformat()
        except ValueError as error:
            raise wrong(word) from error
    raise wrong(f"{column.name}: {word}")
