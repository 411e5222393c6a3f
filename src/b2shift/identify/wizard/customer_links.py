"""Find the foreign key to the customer in each file of a delivery: the column whose values are customers of the company
file or of the home (inclusion dependency)."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from b2shift.identify.resolution.names import Vocabulary, parse_name
from b2shift.identify.sources.codes import BY_COMPANY, tidy_text
from b2shift.identify.wizard.mapping import CONFIDENCE_THRESHOLD, TableMapping
from b2shift.identify.wizard.sample import Sample, source_name
from b2shift.lake.api import Lake

SYSTEM = "crm"
"""the system of the customer codes of a delivery"""
_INCLUSION_SHARE = 0.6
"""least share of the distinct values of a foreign key that must be known customers"""
_CONFLICT_SHARE = 0.1
"""most share of the codes common to two parts of one list that may name different companies"""
_OVERLAP_SHARE = 0.2
"""least share of the CNPJ or names of the smaller of two company files that the other has, if they overlap"""
_BY_EVIDENCE = "os outros por nome, domínio, telefone e cidade, ou são prospects"
_NO_VALUES: frozenset[str] = frozenset()
_CUSTOMER_TABLES = ("contract_lines", "invoices", "orders", "revenue_monthly", "usage_monthly")
"""tables that name customers only, never prospects"""
KnownCustomers = Mapping[str, frozenset[str]]
"""customers of a home: system of the codes (empty: our own keys) → codes"""
MappedFiles = list[tuple[Sample, TableMapping]]


class CustomerLink(NamedTuple):
    """The column of a file that is the foreign key to the customer, with evidence; null where none is."""

    position: int | None
    evidence: str
    system: str = SYSTEM
    by_evidence: bool = False
    """no file is the registry: whoever is named here is a customer"""
    accounts: bool = False
    """a company file of another system: its accounts are matched to customers and add none"""


class _KnownCodes(NamedTuple):
    """Customers by the codes of one system, and their description for the evidence."""

    system: str
    codes: AbstractSet[str]
    description: str


def customer_links(found: MappedFiles, known: KnownCustomers) -> list[CustomerLink]:
    """The foreign key to the customer of each file, in one code for all.

    Of several company files the one that invoices and contracts reference is the registry. Another one that shares CNPJ
    with it or with the home (or names, where it has no CNPJ) holds the accounts of another system.
    """
    files = {
        place: _company_file(found, place) for place, (_, mapping) in enumerate(found) if mapping.table == "companies"
    }
    home = [_KnownCodes(system, codes, "são clientes desta casa") for system, codes in known.items()]
    linked: dict[int, CustomerLink] = {
        place: link
        for place, file in files.items()
        if "" in known or SYSTEM in known
        if file.is_separate(known)
        and (link := file.as_accounts(known.get("cnpj", _NO_VALUES), _core_names(known.get("nome", _NO_VALUES))))
    }
    registry = max(
        (place for place in files if place not in linked), key=lambda place: files[place].references, default=None
    )
    if registry is not None:
        linked[registry] = files[registry].link()
        home = files[registry].codes()
        for place, file in files.items():
            if place not in linked and file.is_part_of(files[registry]):
                part = file._replace(key=files[registry].key)
                linked[place] = part.link()
                home += part.codes()
        registered = {SYSTEM: home[0].codes}
        separate = {
            place: file for place, file in files.items() if place not in linked and file.is_separate(registered)
        }
        accounts = {
            p: file.as_accounts(files[registry].cnpj, files[registry].core_names) for p, file in separate.items()
        }
        linked |= {place: link for place, link in accounts.items() if link is not None}
    account_codes = [files[place].account_codes(link) for place, link in linked.items() if link.accounts]
    known_codes = sorted([*home, *account_codes], key=lambda one: one.system in BY_COMPANY)
    for place, (sample, mapping) in enumerate(found):
        if place not in linked:
            linked[place] = _link(sample, mapping, known_codes, by_evidence=not (known or files))
    return [linked[place] for place in range(len(found))]


class _CompanyFile(NamedTuple):
    """A company file: its key, how the other files reference it, and the values of its identifying columns."""

    sample: Sample
    key: int | None
    references: tuple[float, float]
    """shares of its values in the files that reference it, summed: over `_CUSTOMER_TABLES`, over all"""
    values: dict[int, set[str]]
    columns: dict[str, int | None]

    @property
    def cnpj(self) -> AbstractSet[str]:
        return self._of("cnpj")

    @property
    def core_names(self) -> AbstractSet[str]:
        """Its names without legal form."""
        return _core_names(self._of("name") | self._of("trade_name"))

    def _of(self, column: str) -> AbstractSet[str]:
        position = self.columns[column]
        return self.values[position] if position is not None else frozenset()

    def link(self) -> CustomerLink:
        if self.key is None:
            return CustomerLink(None, "nenhuma coluna diz quem é cada empresa")
        values = self.sample.values(self.key)
        evidence = f"{len(set(values))} valores diferentes em {len(values)} linhas"
        return CustomerLink(self.key, f"{self.sample.header[self.key]!r}: {evidence}")

    def codes(self) -> list[_KnownCodes]:
        """The customers of this file, by its key, by CNPJ and by name."""
        key = self.values[self.key] if self.key is not None else frozenset()
        others = [(system, self._of(column)) for system, column in BY_COMPANY.items()]
        return [_KnownCodes(system, codes, "estão no cadastro") for system, codes in ((SYSTEM, key), *others)]

    def is_separate(self, known: Mapping[str, AbstractSet[str]]) -> bool:
        """Whether its codes are none of the known ones."""
        codes = self.values[self.key] if self.key is not None else set()
        return all(_share(codes, of) < _INCLUSION_SHARE for system, of in known.items() if system in ("", SYSTEM))

    def is_part_of(self, registry: "_CompanyFile") -> bool:
        """Whether it is a part of the same list: same header, and codes in both name the same company."""
        if self.sample.header != registry.sample.header or registry.key is None:
            return False
        identifier = next(
            (registry.columns[one] for one in ("cnpj", "name", "trade_name") if registry.columns[one] is not None), None
        )
        if identifier is None:
            return False
        registered, own = ({row[registry.key]: row[identifier] for row in one.sample.rows} for one in (registry, self))
        both = registered.keys() & own.keys()
        return sum(tidy_text(registered[code]) != tidy_text(own[code]) for code in both) <= _CONFLICT_SHARE * len(both)

    def as_accounts(self, cnpj: AbstractSet[str], core_names: AbstractSet[str]) -> CustomerLink | None:
        """The link of its companies as accounts of the customers with these CNPJ and names; None without overlap, or
        where by names alone a customer that is invoiced would become a prospect."""
        by_cnpj = self.key in (None, self.columns["cnpj"])
        system = "cnpj" if by_cnpj else source_name(self.sample, own_table=True)
        position = self.columns["cnpj"] if by_cnpj else self.key
        if _overlap(self.cnpj, cnpj):
            rest = "os outros ficam de fora" if by_cnpj else _BY_EVIDENCE
            evidence = f"{len(self.cnpj & cnpj)} de {len(self.cnpj)} CNPJ são de clientes; {rest}"
            return CustomerLink(position, evidence, system, accounts=True)
        if self.cnpj or by_cnpj or self.references[0] or not _overlap(self.core_names, core_names):
            return None
        shared = f"{len(self.core_names & core_names)} de {len(self.core_names)} nomes são de clientes"
        evidence = f"sem CNPJ em comum; {shared}; {_BY_EVIDENCE}"
        return CustomerLink(position, evidence, system, accounts=True)

    def account_codes(self, link: CustomerLink) -> _KnownCodes:
        """Its companies, for the files that reference them."""
        codes = self.values[link.position] if link.position is not None else frozenset()
        return _KnownCodes(link.system, codes, f"são contas de {source_name(self.sample)}")


def _company_file(found: MappedFiles, place: int) -> _CompanyFile:
    sample, mapping = found[place]
    columns = {to: _position_of(mapping, to) for to in ("customer_id", "cnpj", "name", "trade_name")}
    named = [one for one in columns.values() if one is not None]
    codes = [one for one in sorted(mapping.unique) if mapping.summaries[one].kind in ("integer", "text", "cnpj")]
    values = _all_values(sample, dict.fromkeys([*named, *codes]))
    others = [(_sampled_values(s, range(len(s.header))), m.table) for s, m in found if m.table != "companies"]

    def references(candidate: int) -> tuple[float, float]:
        shares = [(_best_column(columns_of_file, values[candidate])[1], table) for columns_of_file, table in others]
        referencing = [(share, table in _CUSTOMER_TABLES) for share, table in shares if share >= _INCLUSION_SHARE]
        by_customers = sum(share for share, customers_only in referencing if customers_only)
        return round(by_customers, 2), round(sum(share for share, _ in referencing), 2)

    def order(candidate: int) -> tuple[float, int]:
        return references(candidate)[1], (candidate in named) + (candidate in named and candidate in mapping.unique)

    key = max(values, key=order, default=columns["customer_id"])
    return _CompanyFile(sample, key, max(map(references, values), default=(0.0, 0.0)), values, columns)


def _link(sample: Sample, mapping: TableMapping, known: list[_KnownCodes], *, by_evidence: bool) -> CustomerLink:
    """The column whose values are known customers; else the one whose header is that of a customer."""
    values = _sampled_values(sample, range(len(sample.header)))
    candidates = [(*_best_column(values, one.codes), one) for one in known]
    position, share, codes = max(candidates, key=lambda one: round(one[1], 1), default=(None, 0.0, None))
    if codes is not None and position is not None and share >= _INCLUSION_SHARE:
        return CustomerLink(
            position, f"{sample.header[position]!r}: {share:.0%} dos seus valores {codes.description}", codes.system
        )
    named = _column_named_customer(mapping)
    sure = named is not None and mapping.customer_confidence[named] >= CONFIDENCE_THRESHOLD
    if (not known or by_evidence) and named is not None and not sure:
        return CustomerLink(None, f"só {sample.header[named]!r} se parece com o nome de um cliente; escolha a coluna")
    if not known or by_evidence:
        return CustomerLink(named, "pelo nome; nenhum arquivo é o cadastro", by_evidence=by_evidence)
    if sure and named is not None and (few := _share(values[named], known[0].codes)):
        return CustomerLink(
            named, f"{sample.header[named]!r}: pelo nome; só {few:.0%} {known[0].description}", known[0].system
        )
    return CustomerLink(None, "nenhuma coluna repete os clientes que há")


def known_customers(lake: Lake) -> KnownCustomers:
    """The customers of a version, by our keys, codes of other systems, CNPJ and company name."""
    own = [row["code"].casefold() for row in lake.query("SELECT customer_id AS code FROM customers").to_pylist()]
    known = {"": own} if own else {}
    if known and lake.has("customer_codes"):
        for row in lake.query("SELECT system, code FROM customer_codes ORDER BY system").to_pylist():
            known.setdefault(row["system"], []).append(row["code"])
    for system, column in BY_COMPANY.items() if known and lake.has("companies") else ():
        rows = lake.query(f"SELECT {column} AS code FROM companies WHERE {column} IS NOT NULL").to_pylist()
        known[system] = [tidy_text(row["code"]) for row in rows]
    return {system: frozenset(codes) for system, codes in known.items()}


def _column_named_customer(mapping: TableMapping) -> int | None:
    """The column whose header is most similar to a customer's; of equals an id before a name."""
    target_of = {one.position: one.to for one in mapping.mapped}
    order = {"customer_id": 2, "account_name": 1}
    candidates = [p for p in mapping.customer_confidence if target_of.get(p, "customer_id") in order]
    return max(
        candidates,
        key=lambda p: (
            round(mapping.customer_confidence[p], 1),
            order.get(target_of.get(p, ""), 0),
            mapping.summaries[p].distinct,
        ),
        default=None,
    )


def _best_column(values: dict[int, set[str]], known: AbstractSet[str]) -> tuple[int | None, float]:
    shares = {position: _share(distinct, known) for position, distinct in values.items()}
    best = max(shares, key=shares.__getitem__, default=None)
    return (best, shares[best]) if best is not None and shares[best] else (None, 0.0)


def _share(values: AbstractSet[str], known: AbstractSet[str]) -> float:
    """Share of distinct values that are known; 0 below two values, since running numbers overlap by chance."""
    return len(values & known) / len(values) if len(values) >= 2 else 0.0


def _core_names(names: AbstractSet[str]) -> frozenset[str]:
    """Names without legal form, punctuation and spaces."""
    no_vocabulary = Vocabulary({}, 0)
    return frozenset(core for name in names if (core := parse_name(name, no_vocabulary).core))


def _overlap(some: AbstractSet[str], others: AbstractSet[str]) -> bool:
    both = len(some & others)
    return both >= 2 and both >= _OVERLAP_SHARE * min(len(some), len(others))


def _sampled_values(sample: Sample, positions: Collection[int]) -> dict[int, set[str]]:
    """The distinct values of some columns in the sampled rows."""
    raw = {position: {value for value in sample.values(position) if value.strip()} for position in positions}
    return {position: set(map(tidy_text, values)) for position, values in raw.items()}


def _all_values(sample: Sample, positions: Collection[int]) -> dict[int, set[str]]:
    """The distinct values of some columns in the whole file: a registry is longer than its sample."""
    raw: dict[int, set[str]] = {position: set() for position in positions}
    for row in sample.all_rows():
        for position, values in raw.items():
            values.add(row[position])
    return {position: {tidy_text(value) for value in values if value.strip()} for position, values in raw.items()}


def _position_of(mapping: TableMapping, to: str) -> int | None:
    return next((one.position for one in [*mapping.mapped, *mapping.doubts] if one.to == to), None)
