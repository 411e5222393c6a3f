"""The shares of batches by group and arm."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from b2shift.web.journeys.models import ArmInForce, ShareBatch

EVERYONE = "*"
"""The group of customers whose own group nothing was drawn in yet."""
Line = Mapping[str, ArmInForce]
"""Arm → its share in one group."""


def by_group(lines: Iterable[ArmInForce]) -> dict[str, Line]:
    """Group → its line, everyone's first; nothing of no lines."""
    found: dict[str, dict[str, ArmInForce]] = {EVERYONE: {}}
    for one in sorted(lines, key=lambda line: line.pk):
        found.setdefault(one.group, {})[one.arm] = one
    return {group: line for group, line in found.items() if line}


def kept(batches: QuerySet[ShareBatch]) -> dict[int, dict[str, Line]]:
    """Batch → group → its line; batches being set have none yet."""
    found = {one.pk: by_group(one.lines.all()) for one in batches.prefetch_related("lines")}
    return {batch: lines for batch, lines in found.items() if lines}


def own(lines: Mapping[str, Line], group: str) -> Line:
    """The line that customers of a group are drawn by."""
    return lines.get(group) or lines[EVERYONE]
