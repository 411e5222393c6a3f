"""By what the files of one delivery name a customer: the column of the company file that the other files repeat, or the
customers a home knows already."""

from collections.abc import Collection
from collections.abc import Mapping as Told
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from b2shift.identify.resolution.names import Vocabulary, parse_name
from b2shift.identify.sources.codes import BY_COMPANY, tidy_text
from b2shift.identify.wizard.mapping import CONFIDENT, Mapping
from b2shift.identify.wizard.sample import Sample, source_name
from b2shift.lake.api import Lake

SYSTEM = "crm"
"""What the codes of the customers of a delivery are called."""
_LINKED = 0.6
"""Share of a file's different customers that the company file must know."""
_FEW = 0.1
"""Share of the codes that two parts of one list have in common which may stand beside another company."""
_SAME = 0.2
"""Share of the CNPJ, or names, of the smaller of two company files that the other has, where both tell of the same
companies."""
_BY_EVIDENCE = "os outros por nome, domínio, telefone e cidade, ou são prospects"
_NONE: frozenset[str] = frozenset()
_BILLED = ("contract_lines", "invoices", "revenue_monthly", "usage_monthly")
"""Whom these tables name is a customer, not somebody one would like to win."""
Known = Told[str, frozenset[str]]
"""The customers a home knows: the system of the codes (empty: our own keys) → the codes."""
Found = list[tuple[Sample, Mapping]]


class Link(NamedTuple):
    """The column of a file that names the customer, and why; None: no column does."""

    place: int | None
    evidence: str
    system: str = SYSTEM
    evident: bool = False
    """nothing else says who is a customer: who is named here is one"""
    accounts: bool = False
    """the companies of another system: each is the customer that is the same company, none is one by itself"""


class _Codes(NamedTuple):
    """Customers by the codes of one system, and how one tells of them."""

    system: str
    codes: AbstractSet[str]
    told: str


def links(found: Found, known: Known) -> list[Link]:
    """For each file the column that names its customers, the same code in all of them.

    Of several company files the one that bills and contracts repeat says who is a customer; one that has CNPJ of that
    one, or of the home, or where it says none names of it, tells the accounts of another system.
    """
    firms = {place: _firms(found, place) for place, (_, mapping) in enumerate(found) if mapping.table == "companies"}
    home = [_Codes(system, codes, "são clientes desta casa") for system, codes in known.items()]
    told: dict[int, Link] = {
        place: link
        for place, firm in firms.items()
        if "" in known or SYSTEM in known
        if firm.another(known) and (link := firm.account(known.get("cnpj", _NONE), _cores(known.get("nome", _NONE))))
    }
    main = max((place for place in firms if place not in told), key=lambda place: firms[place].billed, default=None)
    if main is not None:
        told[main] = firms[main].link()
        home = firms[main].codes()
        for place, firm in firms.items():
            if place not in told and firm.continues(firms[main]):
                told[place] = firm._replace(key=firms[main].key).link()
                home += firm._replace(key=firms[main].key).codes()
        mine = {SYSTEM: home[0].codes}
        others = {place: firm for place, firm in firms.items() if place not in told and firm.another(mine)}
        accounts_of = {p: firm.account(firms[main].cnpj, firms[main].cores) for p, firm in others.items()}
        told |= {place: link for place, link in accounts_of.items() if link is not None}
    accounts = [firms[place].known_as(link) for place, link in told.items() if link.accounts]
    known_by = sorted([*home, *accounts], key=lambda one: one.system in BY_COMPANY)
    for place, (sample, mapping) in enumerate(found):
        if place not in told:
            told[place] = _link(sample, mapping, known_by, evident=not (known or firms))
    return [told[place] for place in range(len(found))]


class _Firms(NamedTuple):
    """A company file: the column the other files repeat, and the values by which its companies are known."""

    sample: Sample
    key: int | None
    billed: tuple[float, float]
    """by how many of the files that bill and contract, and of all others, and how much of each, it is repeated"""
    values: dict[int, set[str]]
    columns: dict[str, int | None]

    @property
    def cnpj(self) -> AbstractSet[str]:
        return self._of("cnpj")

    @property
    def cores(self) -> AbstractSet[str]:
        """Its names without legal form."""
        return _cores(self._of("name") | self._of("trade_name"))

    def _of(self, column: str) -> AbstractSet[str]:
        place = self.columns[column]
        return self.values[place] if place is not None else frozenset()

    def link(self) -> Link:
        if self.key is None:
            return Link(None, "nenhuma coluna diz quem é cada empresa")
        values = self.sample.values(self.key)
        told = f"{len(set(values))} valores diferentes em {len(values)} linhas"
        return Link(self.key, f"{self.sample.header[self.key]!r}: {told}")

    def codes(self) -> list[_Codes]:
        """The customers of this file: by its key, and by what it says of each."""
        key = self.values[self.key] if self.key is not None else frozenset()
        others = [(system, self._of(column)) for system, column in BY_COMPANY.items()]
        return [_Codes(system, codes, "estão no cadastro") for system, codes in ((SYSTEM, key), *others)]

    def another(self, known: Told[str, AbstractSet[str]]) -> bool:
        """Whether the codes of this file are none the home knows."""
        codes = self.values[self.key] if self.key is not None else set()
        return all(_share(codes, of) < _LINKED for system, of in known.items() if system in ("", SYSTEM))

    def continues(self, main: "_Firms") -> bool:
        """Whether it is more of the same list: the same header, and no code of both that is another company's."""
        if self.sample.header != main.sample.header or main.key is None:
            return False
        tells = next(
            (main.columns[one] for one in ("cnpj", "name", "trade_name") if main.columns[one] is not None), None
        )
        if tells is None:
            return False
        those, these = ({row[main.key]: row[tells] for row in one.sample.rows} for one in (main, self))
        both = those.keys() & these.keys()
        return sum(tidy_text(those[code]) != tidy_text(these[code]) for code in both) <= _FEW * len(both)

    def account(self, cnpj: AbstractSet[str], cores: AbstractSet[str]) -> Link | None:
        """Its companies as those of the customers with these CNPJ and names; None where they do not meet, or where by
        names alone somebody one bills would be told to be none."""
        by_cnpj = self.key in (None, self.columns["cnpj"])
        system = "cnpj" if by_cnpj else source_name(self.sample, own_table=True)
        place = self.columns["cnpj"] if by_cnpj else self.key
        if _meet(self.cnpj, cnpj):
            rest = "os outros ficam de fora" if by_cnpj else _BY_EVIDENCE
            told = f"{len(self.cnpj & cnpj)} de {len(self.cnpj)} CNPJ são de clientes; {rest}"
            return Link(place, told, system, accounts=True)
        if self.cnpj or by_cnpj or self.billed[0] or not _meet(self.cores, cores):
            return None
        told = (
            f"sem CNPJ em comum; {len(self.cores & cores)} de {len(self.cores)} nomes são de clientes; {_BY_EVIDENCE}"
        )
        return Link(place, told, system, accounts=True)

    def known_as(self, link: Link) -> _Codes:
        """Its companies, for the files that name them."""
        codes = self.values[link.place] if link.place is not None else frozenset()
        return _Codes(link.system, codes, f"são contas de {source_name(self.sample)}")


def _firms(found: Found, place: int) -> _Firms:
    sample, mapping = found[place]
    columns = {to: _told(mapping, to) for to in ("customer_id", "cnpj", "name", "trade_name")}
    named = [one for one in columns.values() if one is not None]
    codes = [one for one in sorted(mapping.unique) if mapping.contents[one].kind in ("integer", "text", "cnpj")]
    values = _whole(sample, dict.fromkeys([*named, *codes]))
    others = [(_values(s, range(len(s.header))), m.table) for s, m in found if m.table != "companies"]

    def repeated(candidate: int) -> tuple[float, float]:
        shares = [(_best(told, values[candidate])[1], table) for told, table in others]
        repeats = [(share, table in _BILLED) for share, table in shares if share >= _LINKED]
        return round(sum(share for share, bills in repeats if bills), 2), round(sum(share for share, _ in repeats), 2)

    def order(candidate: int) -> tuple[float, int]:
        likely = (candidate in named) + (candidate in named and candidate in mapping.unique)
        return repeated(candidate)[1], likely

    key = max(values, key=order, default=columns["customer_id"])
    return _Firms(sample, key, max(map(repeated, values), default=(0.0, 0.0)), values, columns)


def _link(sample: Sample, mapping: Mapping, known: list[_Codes], *, evident: bool) -> Link:
    """The column that repeats customers one knows; else the one named like a customer's."""
    values = _values(sample, range(len(sample.header)))
    tries = [(*_best(values, one.codes), one) for one in known]
    place, share, codes = max(tries, key=lambda one: round(one[1], 1), default=(None, 0.0, None))
    if codes is not None and place is not None and share >= _LINKED:
        return Link(place, f"{sample.header[place]!r}: {share:.0%} dos seus valores {codes.told}", codes.system)
    named = _named(mapping)
    if not known or evident:
        return Link(named, "pelo nome; nenhum arquivo é o cadastro", evident=evident)
    if (
        named is not None
        and mapping.named_customer[named] >= CONFIDENT
        and (few := _share(values[named], known[0].codes))
    ):
        return Link(named, f"{sample.header[named]!r}: pelo nome; só {few:.0%} {known[0].told}", known[0].system)
    return Link(None, "nenhuma coluna repete os clientes que há")


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


def _share(values: AbstractSet[str], known: AbstractSet[str]) -> float:
    """Share of different values that are known; running numbers of anything look alike, so few do not count."""
    return len(values & known) / len(values) if len(values) >= 2 else 0.0


def _cores(names: AbstractSet[str]) -> frozenset[str]:
    """Names without legal form, marks or spaces."""
    nobody = Vocabulary({}, 0)
    return frozenset(core for name in names if (core := parse_name(name, nobody).core))


def _meet(some: AbstractSet[str], others: AbstractSet[str]) -> bool:
    both = len(some & others)
    return both >= 2 and both >= _SAME * min(len(some), len(others))


def _values(sample: Sample, places: Collection[int]) -> dict[int, set[str]]:
    """The different values of some columns in the first rows."""
    told = {place: {value for value in sample.values(place) if value.strip()} for place in places}
    return {place: set(map(tidy_text, values)) for place, values in told.items()}


def _whole(sample: Sample, places: Collection[int]) -> dict[int, set[str]]:
    """The same through the whole file: a registry is longer than its first rows."""
    told: dict[int, set[str]] = {place: set() for place in places}
    for row in sample.every_row():
        for place, values in told.items():
            values.add(row[place])
    return {place: {tidy_text(value) for value in values if value.strip()} for place, values in told.items()}


def _told(mapping: Mapping, to: str) -> int | None:
    return next((one.place for one in [*mapping.mapped, *mapping.doubts] if one.to == to), None)
