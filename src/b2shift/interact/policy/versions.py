"""Policy versions of a home: numbered immutable files and a pointer to the one in force."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from b2shift.identify.api import units_of
from b2shift.interact.contracts import FieldChange, Policy, PolicyChange, PolicyVersion
from b2shift.interact.policy.checker.check import inspect
from b2shift.interact.policy.load import DEFAULT, limits_of, load, raw
from b2shift.kernel.errors import PolicyError
from b2shift.lake.api import VersionedTexts

_ITSELF = ("version", "name", "horizon_days")
_KEYS = {"rules": "id", "archetypes": "id", "caps": "group", "capacities": "role"}


def adopt(home: Path, text: bytes, name: str, now: datetime) -> PolicyVersion:
    """Keep a sound policy as the newest version and point to it; `name` is what its errors call it."""
    found = inspect(text, name, now.date(), units_of(home))
    if found.findings:
        first = found.findings[0]
        what = f"{name}, linha {first.line}: {first.what}"
        hint = f"Veja todos os achados com `b2shift policy check {name}`"
        raise PolicyError(what, value=first.value, hint=hint)
    return _version(home, _numbered(home).keep(text.decode("utf-8-sig"), now))


def versions(home: Path) -> tuple[PolicyVersion, ...]:
    """Every version, oldest first."""
    return tuple(_version(home, number) for number in _numbered(home).numbers)


def roll_back(home: Path, number: int) -> PolicyVersion:
    """Point to an older version."""
    numbered = _numbered(home)
    numbered.require(number)
    numbered.point_to(number)
    return _version(home, number)


def text_of(home: Path, number: int) -> str:
    """A version as it was written; 0 is the product's own."""
    return raw(DEFAULT if number == 0 else _numbered(home).require(number)).decode("utf-8-sig")


def difference(home: Path, old: int, new: int) -> tuple[PolicyChange, ...]:
    """What was added, removed or changed from one version to another."""
    return between(policy_of(home, old), policy_of(home, new))


def between(old: Policy, new: Policy) -> tuple[PolicyChange, ...]:
    """The same for two policies; limits that a policy does not tell are the product's own."""
    before, after = (_comparable(one) for one in (old, new))
    changes = [PolicyChange(section="", fields=(one,)) for one in _fields(_ITSELF, before, after)]
    for section in _KEYS:
        changes += _compared(section, _keyed(before, section), _keyed(after, section))
    changes += [PolicyChange(section=name) for name in ("themes", "silences") if before[name] != after[name]]
    limits = tuple(_fields(sorted(before["limits"].keys() | after["limits"].keys()), before["limits"], after["limits"]))
    return (*changes, PolicyChange(section="limits", fields=limits)) if limits else tuple(changes)


def _comparable(policy: Policy) -> dict[str, Any]:
    limits = limits_of(policy).model_dump(mode="json")
    return {**policy.model_dump(mode="json"), "limits": dict(_flat(limits))}


def _flat(changes: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """`hours.first`, `concessions.0.percent`: each value under the names that lead to it."""
    for name, value in changes.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for n, one in enumerate(value):
                yield from _flat(one, f"{prefix}{name}.{n}.")
        else:
            yield f"{prefix}{name}", value


def _fields(names: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    for name in names:
        if before.get(name) != after.get(name):
            yield FieldChange(name=name, before=before.get(name), after=after.get(name))


def _compared(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[PolicyChange]:
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            yield PolicyChange(section=section, key=key, sign="-")
        elif key not in before:
            yield PolicyChange(section=section, key=key, sign="+")
        elif before[key] != after[key]:
            yield PolicyChange(section=section, key=key, fields=tuple(_fields(before[key], before[key], after[key])))


def _keyed(policy: Mapping[str, Any], section: str) -> dict[str, Any]:
    return {str(one[_KEYS[section]]): one for one in policy[section]}


def policy_of(home: Path, number: int) -> Policy:
    """A version as the product reads it; 0 is the product's own."""
    return load(DEFAULT if number == 0 else _numbered(home).require(number))


def _version(home: Path, number: int) -> PolicyVersion:
    policy = policy_of(home, number)
    return PolicyVersion(
        number=number,
        name=policy.name,
        version=policy.version,
        adopted_at=_numbered(home).kept_at(number),
        rules=len(policy.rules),
        in_force=in_force(home) == number,
    )


def in_force(home: Path) -> int:
    """The number of the version in force; 0 while the home follows the product's own."""
    return _numbered(home).in_force


def _numbered(home: Path) -> VersionedTexts:
    return VersionedTexts(
        home / "policies",
        kind="versão da régua",
        damaged="O apontador da régua está danificado",
        mend="Escolha uma com `b2shift policy rollback N`",
        unkept="A régua não pôde ser guardada",
        unmoved="A régua não pôde ser trocada",
    )
