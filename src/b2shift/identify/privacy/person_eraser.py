"""Erase a person from any table: delete their rows, redact their name and addresses in all other texts."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from b2shift.identify.privacy.contracts import ErasurePlan
from b2shift.identify.privacy.person_tables import person_columns, person_sources, personal_columns, target_of
from b2shift.identify.privacy.redaction import REDACTED, redaction_pattern
from b2shift.lake.api import Row, literal, quote

SAME = "same_as"
"""the column of the other record of a pair"""
_NEVER = re.compile(r"(?!)")


class PersonEraser:
    """Applies an erasure plan to rows and texts of lake and records; implements `Eraser` of the lake."""

    def __init__(self, home: Path, plan: ErasurePlan) -> None:
        self._known, self._personal = person_columns(home), personal_columns(home)
        self._target = target_of(home)
        self._ids = {name: frozenset(codes) for name, codes in plan.ids.items()}
        self._codes = frozenset().union(*self._ids.values()) if self._ids else frozenset()
        self._keys = frozenset(columns.id for name, columns in self._known.items() if not name.startswith("raw_"))
        sources = {name: source for name, (source, _told) in person_sources(home).items()}
        self._sources = {name: self._ids.get(source.table, frozenset()) for name, source in sources.items()}
        self._separators = {name: source.separator for name, source in sources.items()}
        whole_words, anywhere = redaction_pattern(plan.texts), redaction_pattern(plan.texts, edges=False)
        self._whole_words = re.compile(whole_words) if whole_words else _NEVER
        self._anywhere = anywhere
        codes = "|".join(re.escape(code) for code in sorted(self._codes))
        self._anywhere_or_code = "|".join(filter(None, [anywhere, codes and f"(?:{codes})"]))

    def looked_at(self, table: str, columns: Mapping[str, str]) -> str | None:
        """SQL condition of the rows of the person and of those whose texts may contain their data."""
        conditions = [self._rows_of(table, columns)]
        texts_by_pattern: dict[str, list[str]] = defaultdict(list)
        for name, kind in columns.items():
            personal = name in self._personal.get(table, frozenset()) or name.startswith("_")
            if kind == "VARCHAR" or ("VARCHAR" in kind and (personal or "MAP" in kind)):
                texts_by_pattern[self._anywhere_or_code if personal else self._anywhere].append(_text(name, kind))
        for expression, texts in texts_by_pattern.items():
            if expression:  # one match per row is cheaper than one per column
                conditions.append(f"regexp_matches(concat_ws(chr(10), {', '.join(texts)}), {literal(expression)})")
        return " OR ".join(filter(None, conditions)) or None

    def edited(self, table: str, row: Row) -> Row | None:
        """None for a row of the person; any other with its texts redacted."""
        if self._is_theirs(table, row):
            return None
        edited: Row = self.redacted(row)
        source = str(row.get("source"))
        if self._is_line(source, row.get("delivered")):
            edited |= {"delivered": REDACTED, "value": REDACTED}
        return edited

    def text(self, text: str, stage: str = "") -> str:
        """A text with their name and addresses redacted; JSON is redacted value by value.

        Lines that `stage` noted of a source of persons are redacted whole if they are of the person.
        """
        if any(stage.startswith(f"read {name}: ") and self._is_line(name, text) for name in self._sources):
            return REDACTED
        if text[:1] in "{[" and (self._whole_words.search(text) or any(code in text for code in self._codes)):
            try:
                parsed = json.loads(text)
            except ValueError:
                pass
            else:
                after = self.redacted(parsed)
                return text if after == parsed else json.dumps(after, ensure_ascii=False, separators=(",", ":"))
        return self._whole_words.sub(REDACTED, text)

    def redacted(self, value: Any) -> Any:
        """A nested value with texts redacted and list entries of the person removed."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {
                    self.text(name) if isinstance(name, str) else name: self.redacted(one)
                    for name, one in value.items()
                }
            case list():
                return [self.redacted(one) for one in value if not self._is_entry(one)]
            case tuple():
                return tuple(self.redacted(one) for one in value)
            case _:
                return value

    def _rows_of(self, table: str, columns: Mapping[str, str]) -> str:
        person = self._known.get(table)
        codes = self._ids.get(table)
        if person is not None and codes and person.id in columns:
            return f"{quote(person.id)} IN ({', '.join(map(literal, sorted(codes)))})"
        if person is None and self._codes and (named := self._references(columns)):
            code_list = ", ".join(map(literal, sorted(self._codes)))
            return " OR ".join(f"{quote(name)} IN ({code_list})" for name in named)
        if {"source", "key"} <= columns.keys():
            each = [
                f"(source = {literal(name)} AND key IN ({', '.join(map(literal, sorted(ids)))}))"
                for name, ids in self._sources.items() if ids
            ]  # fmt: skip
            return " OR ".join(each)
        return ""

    def _is_theirs(self, table: str, row: Row) -> bool:
        person = self._known.get(table)
        if person is not None and row.get(person.id) in self._ids.get(table, frozenset()):
            return True
        if person is None and any(row[name] in self._codes for name in self._references(row)):
            return True  # a row that references them is about them
        line = row.get("_text")
        if person is not None and isinstance(line, str):
            return bool(self._whole_words.search(line)) or self._is_line(table.removeprefix("raw_"), line)
        return "key" in row and row["key"] in self._sources.get(str(row.get("source")), frozenset())

    def _is_line(self, source: str, line: object) -> bool:
        """Whether a line of a source of persons, malformed or not, has their code as a field."""
        codes = self._sources.get(source, frozenset())
        if not codes or not isinstance(line, str):
            return False
        fields = [field.strip(' "') for field in line.split(self._separators[source])]
        object_of = line[:1] == "{" and any(f'"{code}"' in line for code in codes)
        return object_of or (len(fields) > 1 and not codes.isdisjoint(fields))

    def _references(self, columns: Mapping[str, Any]) -> list[str]:
        """The columns that reference persons by code: keys of persons, and the other record of a pair."""
        keys = sorted(self._keys & columns.keys())
        return [*keys, *([SAME] if keys and SAME in columns else [])]

    def _is_entry(self, value: Any) -> bool:
        return isinstance(value, Mapping) and any(value.get(key) in self._codes for key in self._keys if key in value)


def _text(name: str, kind: str) -> str:
    return quote(name) if kind == "VARCHAR" else f"CAST({quote(name)} AS VARCHAR)"
