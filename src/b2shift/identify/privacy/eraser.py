"""One person out of any table: their rows go, and their name and addresses go from every other text."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from b2shift.identify.privacy.shapes import ErasurePlan
from b2shift.identify.privacy.tables import of_persons, personal_columns, sources_of_persons, target_of
from b2shift.identify.privacy.texts import GONE, pattern
from b2shift.lake.api import Row, literal, quote

SAME = "same_as"
"""The other record of a pair, beside a column that names a person."""
_NOBODY = re.compile(r"(?!)")


class PersonEraser:
    """Takes what a plan names out of rows and texts, of the lake as of the records."""

    def __init__(self, home: Path, plan: ErasurePlan) -> None:
        self._known, self._personal = of_persons(home), personal_columns(home)
        self._target = target_of(home)
        self._ids = {name: frozenset(codes) for name, codes in plan.ids.items()}
        self._codes = frozenset().union(*self._ids.values()) if self._ids else frozenset()
        self._keys = frozenset(told.id for name, told in self._known.items() if not name.startswith("raw_"))
        sources = {name: source for name, (source, _told) in sources_of_persons(home).items()}
        self._sources = {name: self._ids.get(source.table, frozenset()) for name, source in sources.items()}
        self._separators = {name: source.separator for name, source in sources.items()}
        strict, loose = pattern(plan.texts), pattern(plan.texts, edges=False)
        self._strict = re.compile(strict) if strict else _NOBODY
        self._loose = loose
        codes = "|".join(re.escape(code) for code in sorted(self._codes))
        self._personal_loose = "|".join(filter(None, [loose, codes and f"(?:{codes})"]))

    def looked_at(self, table: str, columns: Mapping[str, str]) -> str | None:
        """Rows of the person, and rows whose texts may hold something of them."""
        wanted = [self._rows_of(table, columns)]
        sought: dict[str, list[str]] = defaultdict(list)
        for name, kind in columns.items():
            personal = name in self._personal.get(table, frozenset()) or name.startswith("_")
            if kind == "VARCHAR" or ("VARCHAR" in kind and (personal or "MAP" in kind)):
                sought[self._personal_loose if personal else self._loose].append(_text(name, kind))
        for expression, texts in sought.items():
            if expression:  # one look at a row is cheaper than one at each of its columns
                wanted.append(f"regexp_matches(concat_ws(chr(10), {', '.join(texts)}), {literal(expression)})")
        return " OR ".join(filter(None, wanted)) or None

    def edited(self, table: str, row: Row) -> Row | None:
        """None for a row of the person; any other with their name and addresses gone from its texts."""
        if self._is_theirs(table, row):
            return None
        edited: Row = self.without(row)
        source = str(row.get("source"))
        if self._is_line(source, row.get("delivered")):
            edited |= {"delivered": GONE, "value": GONE}
        return edited

    def text(self, text: str, stage: str = "") -> str:
        """A text without their name and addresses; JSON is looked through value by value.

        Of the lines that `stage` noted of a source of persons those go whole that are of the person.
        """
        if any(stage.startswith(f"read {name}: ") and self._is_line(name, text) for name in self._sources):
            return GONE
        if text[:1] in "{[" and (self._strict.search(text) or any(code in text for code in self._codes)):
            try:
                told = json.loads(text)
            except ValueError:
                pass
            else:
                after = self.without(told)
                return text if after == told else json.dumps(after, ensure_ascii=False, separators=(",", ":"))
        return self._strict.sub(GONE, text)

    def without(self, value: Any) -> Any:
        """A value of lists, mappings and texts; entries of a list that are the person are left out."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {
                    self.text(name) if isinstance(name, str) else name: self.without(one) for name, one in value.items()
                }
            case list():
                return [self.without(one) for one in value if not self._is_entry(one)]
            case tuple():
                return tuple(self.without(one) for one in value)
            case _:
                return value

    def _rows_of(self, table: str, columns: Mapping[str, str]) -> str:
        told = self._known.get(table)
        codes = self._ids.get(table)
        if told is not None and codes and told.id in columns:
            return f"{quote(told.id)} IN ({', '.join(map(literal, sorted(codes)))})"
        if told is None and self._codes and (named := self._naming(columns)):
            told_codes = ", ".join(map(literal, sorted(self._codes)))
            return " OR ".join(f"{quote(name)} IN ({told_codes})" for name in named)
        if {"source", "key"} <= columns.keys():
            each = [
                f"(source = {literal(name)} AND key IN ({', '.join(map(literal, sorted(ids)))}))"
                for name, ids in self._sources.items() if ids
            ]  # fmt: skip
            return " OR ".join(each)
        return ""

    def _is_theirs(self, table: str, row: Row) -> bool:
        told = self._known.get(table)
        if told is not None and row.get(told.id) in self._ids.get(table, frozenset()):
            return True
        if told is None and any(row[name] in self._codes for name in self._naming(row)):
            return True  # what names them by their code is about them
        line = row.get("_text")
        if told is not None and isinstance(line, str):
            return bool(self._strict.search(line)) or self._is_line(table.removeprefix("raw_"), line)
        return "key" in row and row["key"] in self._sources.get(str(row.get("source")), frozenset())

    def _is_line(self, source: str, line: object) -> bool:
        """Whether a line of a source of persons, broken or not, is of the person: a field is their code, however the
        others are hurt."""
        codes = self._sources.get(source, frozenset())
        if not codes or not isinstance(line, str):
            return False
        fields = [field.strip(' "') for field in line.split(self._separators[source])]
        object_of = line[:1] == "{" and any(f'"{code}"' in line for code in codes)
        return object_of or (len(fields) > 1 and not codes.isdisjoint(fields))

    def _naming(self, columns: Mapping[str, Any]) -> list[str]:
        """The columns of a table that name persons by their codes: a key of persons, and the other record of a pair."""
        keys = sorted(self._keys & columns.keys())
        return [*keys, *([SAME] if keys and SAME in columns else [])]

    def _is_entry(self, value: Any) -> bool:
        return isinstance(value, Mapping) and any(value.get(key) in self._codes for key in self._keys if key in value)


def _text(name: str, kind: str) -> str:
    return quote(name) if kind == "VARCHAR" else f"CAST({quote(name)} AS VARCHAR)"
