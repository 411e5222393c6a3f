"""By what the files of one delivery name a customer: the column of the company file that the other files repeat, or the
customers a home knows already."""

from collections.abc import Collection
from collections.abc import Mapping as Told
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from b2shift.identify.sources.codes import BY_COMPANY, tidy_text
from b2shift.identify.wizard.mapping import CONFIDENT, Mapping
from b2shift.identify.wizard.sample import Sample
from b2shift.lake.api import Lake

SYSTEM = "crm"
"""What the codes of the customers of a delivery are called."""
_LINKED = 0.6
"""Share of a file's different customers that the company file must know."""
Known = Told[str, frozenset[str]]
"""The customers a home knows: the system of the codes (empty: our own keys) → the codes."""


class Link(NamedTuple):
    """The column of a file that names the customer, and why; None: no column does."""

    place: int | None
    evidence: str
    system: str = SYSTEM
    evident: bool = False
    """nothing else says who is a customer: who is named here is one"""


def links(found: list[tuple[Sample, Mapping]], known: Known) -> list[Link]:
    """For each file the column that names its customers, the same code in all of them."""
    companies = [place for place, (_, mapping) in enumerate(found) if mapping.table == "companies"]
    if not companies:
        return [_without_registry(sample, mapping, known) for sample, mapping in found]
    registry, mapping = found[companies[0]]
    others = [place for place in range(len(found)) if place not in companies]
    named = [_told(mapping, "customer_id"), _told(mapping, "cnpj"), _told(mapping, "name")]
    codes = [place for place in sorted(mapping.unique) if mapping.contents[place].kind in ("integer", "text", "cnpj")]
    columns = _values(registry, [place for place in dict.fromkeys([*named, *codes]) if place is not None])
    if not columns:
        return [Link(_told(mapping, "customer_id"), "pelo nome") for _, mapping in found]
    looked_at = [_values(found[other][0], range(len(found[other][0].header))) for other in others]

    def repeated(candidate: int) -> tuple[float, int]:
        shares = (_best(values, columns[candidate])[1] for values in looked_at)
        told = round(sum(share for share in shares if share >= _LINKED), 2)
        return told, (candidate in named) + (candidate in named and candidate in mapping.unique)

    key = max(columns, key=repeated)
    told = dict(zip(others, looked_at, strict=True))
    return [
        Link(key, _own(registry, key))
        if place in companies[:1]
        else _link(sample, mapping, told.get(place) or _values(sample, range(len(sample.header))), columns[key])
        for place, (sample, mapping) in enumerate(found)
    ]


def _own(registry: Sample, key: int) -> str:
    values = registry.values(key)
    return f"{registry.header[key]!r}: {len(set(values))} valores diferentes em {len(values)} linhas"


def _link(sample: Sample, mapping: Mapping, values: dict[int, set[str]], known: set[str]) -> Link:
    place, share = _best(values, known)
    if place is not None and share >= _LINKED:
        return Link(place, f"{sample.header[place]!r}: {share:.0%} dos seus valores estão no cadastro")
    named = _named(mapping)
    if named is not None and mapping.named_customer[named] >= CONFIDENT and (few := _share(values[named], known)):
        return Link(named, f"{sample.header[named]!r}: pelo nome; só {few:.0%} está no cadastro")
    return Link(None, "nenhuma coluna repete os clientes do cadastro")


def _without_registry(sample: Sample, mapping: Mapping, known: Known) -> Link:
    """Linked to the customers of the home; else by name, and who is named is a customer."""
    values = _values(sample, range(len(sample.header))) if known else {}
    tries = [(*_best(values, codes), system) for system, codes in known.items()]
    place, share, system = max(tries, key=lambda one: one[1], default=(None, 0.0, SYSTEM))
    if place is not None and share >= _LINKED:
        return Link(place, f"{sample.header[place]!r}: {share:.0%} dos seus valores são clientes desta casa", system)
    place = _named(mapping)
    return Link(place, "pelo nome; nenhum arquivo é o cadastro", evident=not known)


def customers_of(lake: Lake) -> Known:
    """The customers of a version: by our keys, by the codes of other systems, by CNPJ and by name of the company."""
    own = [row["code"].casefold() for row in lake.query("SELECT customer_id AS code FROM customers").to_pylist()]
    known = {"": own} if own else {}
    if known and lake.has("customer_codes"):
        for row in lake.query("SELECT system, code FROM customer_codes ORDER BY system").to_pylist():
            known.setdefault(row["system"], []).append(row["code"])
    for system, column in BY_COMPANY.items() if known and lake.has("companies") else ():
        rows = lake.query(f"SELECT {column} AS code FROM companies WHERE {column} IS NOT NULL").to_pylist()
        known[system] = [tidy_text(row["code"]) for row in rows]
    return {system: frozenset(codes) for system, codes in known.items()}


def _named(mapping: Mapping) -> int | None:
    """The column whose name is most like a customer's; of equals that of an id before that of a name."""
    taken = {one.place: one.to for one in mapping.mapped}
    order = {"customer_id": 2, "account_name": 1}
    likely = [p for p in mapping.named_customer if taken.get(p, "customer_id") in order]
    return max(
        likely,
        key=lambda p: (
            round(mapping.named_customer[p], 1),
            order.get(taken.get(p, ""), 0),
            mapping.contents[p].distinct,
        ),
        default=None,
    )


def _best(values: dict[int, set[str]], known: AbstractSet[str]) -> tuple[int | None, float]:
    shares = {place: _share(told, known) for place, told in values.items()}
    best = max(shares, key=shares.__getitem__, default=None)
    return (best, shares[best]) if best is not None and shares[best] else (None, 0.0)


def _share(values: set[str], known: AbstractSet[str]) -> float:
    """Share of different values that are known; running numbers of anything look alike, so few do not count."""
    return len(values & known) / len(values) if len(values) >= 2 else 0.0


def _values(sample: Sample, places: Collection[int]) -> dict[int, set[str]]:
    """The different values of some columns, through the whole file: a registry is longer than its first rows."""
    told: dict[int, set[str]] = {place: set() for place in places}
    for row in sample.every_row():
        for place, values in told.items():
            values.add(row[place])
    return {place: {tidy_text(value) for value in values if value.strip()} for place, values in told.items()}


def _told(mapping: Mapping, to: str) -> int | None:
    return next((one.place for one in [*mapping.mapped, *mapping.doubts] if one.to == to), None)
