"""Template versions of a home: numbered immutable files and a pointer to the one in force."""

from collections.abc import Iterator
from datetime import datetime
from difflib import ndiff
from pathlib import Path

import yaml

from b2shift.interact.contracts import MessageTemplate, TemplatesVersion
from b2shift.interact.messages.load import DEFAULT, load, parsed
from b2shift.lake.api import VersionedTexts

_TEXTS = ("name", "subject", "text", "short", "whatsapp")


def templates_at(home: Path, number: int) -> tuple[MessageTemplate, ...]:
    """Those of a version; 0 is the product's own. UnknownNameError when there is none with this number."""
    return load(DEFAULT if number == 0 else _numbered(home).require(number))


def templates_number(home: Path) -> int:
    """The version in force; 0 while the home follows the product's own."""
    return _numbered(home).in_force


def templates_in_force(home: Path) -> tuple[MessageTemplate, ...]:
    """What is said in each kind of contact (pt-BR), before its fields are filled."""
    return templates_at(home, templates_number(home))


def keep_templates(home: Path, templates: tuple[MessageTemplate, ...], now: datetime) -> TemplatesVersion:
    """Keep templates as the newest version and put it in force.

    With nothing kept: PolicyError for a field there is not or a kind without words, StorageError from the disk.
    """
    numbered = _numbered(home)
    text = yaml.safe_dump(
        {"templates": [one.model_dump(mode="json") for one in templates]}, allow_unicode=True, sort_keys=False
    )
    parsed(text.encode(), "modelos")
    return _version(home, numbered.keep(text, now))


def roll_back_templates(home: Path, number: int) -> TemplatesVersion:
    """Put another version in force; 0 is the product's own. Nothing is deleted."""
    numbered = _numbered(home)
    if number:
        numbered.require(number)
    numbered.point_to(number)
    return _version(home, number)


def templates_versions(home: Path) -> tuple[TemplatesVersion, ...]:
    """Every version, oldest first, with what each changed of the one before it."""
    return tuple(_version(home, number) for number in _numbered(home).numbers)


def templates_changes(before: tuple[MessageTemplate, ...], after: tuple[MessageTemplate, ...]) -> tuple[str, ...]:
    """Line by line what changed: `kind, field: - line` is gone, `+ line` is new."""
    return tuple(_changed({one.kind: one for one in before}, after))


def _changed(before: dict[str, MessageTemplate], after: tuple[MessageTemplate, ...]) -> Iterator[str]:
    for one in after:
        for name in _TEXTS:
            old, new = getattr(before[one.kind], name) or "", getattr(one, name) or ""
            lines = ndiff(old.splitlines(), new.splitlines()) if old != new else ()
            yield from (f"{one.kind}, {name}: {line}" for line in lines if line[:2] in ("- ", "+ "))


def _version(home: Path, number: int) -> TemplatesVersion:
    numbered = _numbered(home)
    before = max((one for one in numbered.numbers if one < number), default=0)
    return TemplatesVersion(
        number=number,
        kept_at=numbered.kept_at(number) if number else None,
        in_force=numbered.in_force == number,
        changes=templates_changes(templates_at(home, before), templates_at(home, number)) if number else (),
    )


def _numbered(home: Path) -> VersionedTexts:
    return VersionedTexts(
        home / "templates",
        kind="versão dos modelos",
        damaged="O apontador dos modelos está danificado",
        mend="Escolha uma em Modelos de mensagem → Versões",
        unkept="Os modelos não puderam ser guardados",
        unmoved="Os modelos não puderam ser trocados",
    )
