"""By what the files of one delivery name a customer: the column of the company file that the other files repeat."""

from typing import NamedTuple

from b2shift.identify.wizard.mapping import Mapping
from b2shift.identify.wizard.sample import Sample
from b2shift.kernel.text import fold

_LINKED = 0.6
"""Share of a file's different customers that the company file must know."""


class Link(NamedTuple):
    """The column of a file that names the customer, and why; None: no column does."""

    place: int | None
    evidence: str


def links(found: list[tuple[Sample, Mapping]]) -> list[Link]:
    """For each file the column that names its customers, the same code in all of them."""
    companies = [place for place, (_, mapping) in enumerate(found) if mapping.table == "companies"]
    if not companies:
        return [Link(_told(mapping, "customer_id"), "pelo nome; nenhum arquivo é o cadastro") for _, mapping in found]
    registry, mapping = found[companies[0]]
    others = [place for place in range(len(found)) if place not in companies]
    candidates = [_told(mapping, "customer_id"), _told(mapping, "name")]
    tries = []
    for candidate in dict.fromkeys(c for c in candidates if c is not None):
        known = _values(registry, candidate)
        tries.append((sum(_best(found[o][0], known)[1] for o in others), candidate, known))
    if not tries:
        return [Link(_told(mapping, "customer_id"), "pelo nome") for _, mapping in found]
    _, key, known = max(tries, key=lambda one: one[0])
    return [
        Link(key, _own(registry, key)) if place in companies[:1] else _link(sample, mapping, known)
        for place, (sample, mapping) in enumerate(found)
    ]


def _own(registry: Sample, key: int) -> str:
    values = registry.values(key)
    return f"{registry.header[key]!r}: {len(set(values))} valores diferentes em {len(values)} linhas"


def _link(sample: Sample, mapping: Mapping, known: set[str]) -> Link:
    place, share = _best(sample, known)
    if place is None or share < _LINKED:
        return Link(None, "nenhuma coluna repete os clientes do cadastro")
    return Link(place, f"{sample.header[place]!r}: {share:.0%} dos seus valores estão no cadastro")


def _best(sample: Sample, known: set[str]) -> tuple[int | None, float]:
    shares = [_share(_values(sample, place), known) for place in range(len(sample.header))]
    best = max(range(len(shares)), key=shares.__getitem__)
    return (best, shares[best]) if shares[best] else (None, 0.0)


def _share(values: set[str], known: set[str]) -> float:
    """Share of different values that are known; running numbers of anything look alike, so few do not count."""
    return len(values & known) / len(values) if len(values) >= 2 else 0.0


def _values(sample: Sample, place: int) -> set[str]:
    return {fold(value) for value in sample.values(place) if value.strip()}


def _told(mapping: Mapping, to: str) -> int | None:
    return next((one.place for one in [*mapping.mapped, *mapping.doubts] if one.to == to), None)
