"""The policies a home has adopted: numbered files that never change, and a pointer to the one in force."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from b2shift.interact.contracts import Policy, PolicyVersion
from b2shift.interact.policy.checker.check import inspect
from b2shift.interact.policy.load import DEFAULT, load, raw
from b2shift.kernel.errors import PolicyError
from b2shift.lake.api import Numbered

_NAMED = ("rules", "archetypes", "caps", "capacities")
_KEYS = {"rules": "id", "archetypes": "id", "caps": "group", "capacities": "role"}
_WORDS = {"rules": "regra", "archetypes": "arquétipo", "caps": "limite", "capacities": "capacidade"}


def adopt(home: Path, text: bytes, name: str, now: datetime) -> PolicyVersion:
    """Keep a sound policy as the newest version and point to it; `name` is what its errors call it."""
    found = inspect(text, name, now.date())
    if found.findings:
        first = found.findings[0]
        what = f"{name}, linha {first.line}: {first.what}"
        hint = f"Veja todos os achados com `b2shift policy check {name}`"
        raise PolicyError(what, value=first.value, hint=hint)
    return _told(home, _kept(home).keep(text.decode("utf-8-sig"), now))


def versions(home: Path) -> tuple[PolicyVersion, ...]:
    """Every version, oldest first."""
    return tuple(_told(home, number) for number in _kept(home).numbers)


def roll_back(home: Path, number: int) -> PolicyVersion:
    """Point to an older version."""
    kept = _kept(home)
    kept.require(number)
    kept.point_to(number)
    return _told(home, number)


def current_path(home: Path) -> Path | None:
    """The file in force; None while the home follows the product's own."""
    number = in_force(home)
    return _kept(home).require(number) if number else None


def text_of(home: Path, number: int) -> str:
    """A version as it was written; 0 is the product's own."""
    return raw(DEFAULT if number == 0 else _kept(home).require(number)).decode("utf-8-sig")


def difference(home: Path, old: int, new: int) -> tuple[str, ...]:
    """One line per thing that was added, removed or changed from one version to another."""
    return between(_policy(home, old), _policy(home, new))


def between(old: Policy, new: Policy) -> tuple[str, ...]:
    """The same for two policies."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    lines = [f"{name}: {before[name]} → {after[name]}" for name in ("version", "name", "horizon_days")]
    told = [line for line in lines if line.split(": ", 1)[1].split(" → ")[0] != line.rsplit(" → ", 1)[1]]
    for section in _NAMED:
        told += _compared(section, _keyed(before, section), _keyed(after, section))
    told += [f"{name} mudou" for name in ("themes", "silences") if before[name] != after[name]]
    return tuple(told)


def _compared(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    word = _WORDS[section]
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            yield f"- {word} {key}"
        elif key not in before:
            yield f"+ {word} {key}"
        elif before[key] != after[key]:
            changed = [name for name in before[key] if before[key][name] != after[key][name]]
            said = "; ".join(f"{name}: {before[key][name]} → {after[key][name]}" for name in changed)
            yield f"~ {word} {key}: {said}"


def _keyed(policy: Mapping[str, Any], section: str) -> dict[str, Any]:
    return {str(one[_KEYS[section]]): one for one in policy[section]}


def _policy(home: Path, number: int) -> Policy:
    return load(DEFAULT if number == 0 else _kept(home).require(number))


def _told(home: Path, number: int) -> PolicyVersion:
    policy = _policy(home, number)
    return PolicyVersion(
        number=number,
        name=policy.name,
        version=policy.version,
        adopted_at=_kept(home).kept_at(number),
        rules=len(policy.rules),
        in_force=in_force(home) == number,
    )


def in_force(home: Path) -> int:
    """The number of the version in force; 0 while the home follows the product's own."""
    return _kept(home).in_force


def _kept(home: Path) -> Numbered:
    return Numbered(
        home / "policies",
        kind="versão da régua",
        damaged="O apontador da régua está danificado",
        mend="Escolha uma com `b2shift policy rollback N`",
        unkept="A régua não pôde ser guardada",
        unmoved="A régua não pôde ser trocada",
    )
