"""The own metrics of a home: numbered files that never change and a pointer to the one in force, as of policies."""

from datetime import datetime
from pathlib import Path

import yaml

from b2shift.kernel.errors import StateError
from b2shift.kernel.yaml import parse_yaml
from b2shift.lake.api import VersionedTexts
from b2shift.metrics.contracts import OwnMetric, OwnVersion


def own_metrics_of(home: Path) -> tuple[OwnMetric, ...]:
    """The own metrics in force in a home."""
    number = own_number(home)
    return own_metrics_at(home, number) if number else ()


def own_metrics_at(home: Path, number: int) -> tuple[OwnMetric, ...]:
    """The own metrics of a version; UnknownNameError when there is none with this number."""
    if number == 0:
        return ()
    path = _kept(home).require(number)
    try:
        document = parse_yaml(path.read_text("utf-8"))
        return tuple(OwnMetric(**one) for one in document["metrics"])
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        hint = "Escolha outra com `b2shift metric rollback N`"
        raise StateError("As métricas desta casa estão danificadas", value=path, hint=hint) from error


def keep_own_metrics(home: Path, metrics: tuple[OwnMetric, ...], now: datetime) -> OwnVersion:
    """Keep a set of own metrics as the newest version and put it in force."""
    document = {"metrics": [one.model_dump(mode="json") for one in metrics]}
    return _told(home, _kept(home).keep(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), now))


def put_back_own_metrics(home: Path, number: int) -> OwnVersion:
    """Put an older version in force; 0 is the product's dictionary alone. Nothing is deleted."""
    own_metrics_at(home, number)
    _kept(home).point_to(number)
    return _told(home, number)


def own_versions(home: Path) -> tuple[OwnVersion, ...]:
    """Every version, oldest first."""
    return tuple(_told(home, number) for number in _kept(home).numbers)


def own_number(home: Path) -> int:
    """The number of the version in force; 0 while a home has only the product's metrics."""
    return _kept(home).in_force


def changed_metrics(before: tuple[OwnMetric, ...], after: tuple[OwnMetric, ...]) -> tuple[str, ...]:
    """One line per metric that was added, taken out or changed."""
    old, new = ({one.name: one for one in metrics} for metrics in (before, after))
    lines = [f"- {old[name].label} ({name})" for name in old if name not in new]
    lines += [f"+ {new[name].label}: {new[name].formula}" for name in new if name not in old]
    for name in (name for name in new if name in old and new[name] != old[name]):
        was, now = old[name].model_dump(), new[name].model_dump()
        changes = "; ".join(f"{key}: {_text(was[key])} → {_text(now[key])}" for key in now if now[key] != was[key])
        lines.append(f"~ {now['label']}: {changes}")
    return tuple(lines)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) or "nada" if isinstance(value, tuple) else "nada" if value is None else str(value)


def _told(home: Path, number: int) -> OwnVersion:
    return OwnVersion(
        number=number,
        kept_at=_kept(home).kept_at(number) if number else None,
        metrics=len(own_metrics_at(home, number)),
        changes=changed_metrics(own_metrics_at(home, number - 1) if number else (), own_metrics_at(home, number)),
        in_force=own_number(home) == number,
    )


def _kept(home: Path) -> VersionedTexts:
    return VersionedTexts(
        home / "metrics",
        kind="versão das métricas",
        damaged="O apontador das métricas está danificado",
        mend="Escolha uma com `b2shift metric rollback N`",
        unkept="As métricas não puderam ser guardadas",
        unmoved="As métricas não puderam ser trocadas",
    )
