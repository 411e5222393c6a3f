"""Customers of another system under keys of ours: each code gets one key, which every run and home gives again."""

import pyarrow as pa

from b2shift.identify.cleansing.keys import normalized_key
from b2shift.identify.resolution.account_matching import match_accounts
from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, RawCompany
from b2shift.identify.resolution.decisions import company_decisions
from b2shift.identify.resolution.links import Decisions
from b2shift.identify.sources.codes import BY_COMPANY, CODES, SUMS, account_id, key_of, tidy, tidy_text
from b2shift.identify.sources.declaration import Customers, Source, SourceColumn
from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session, literal, quote

CODE_VERSION = 7
Known = dict[tuple[str, str], str | None]
"""System and code → our key; null for an account that is no customer."""


def register_codes(session: Session, sources: list[Source]) -> None:
    """Write `customer_codes` with the codes that registries and evidence of these sources hold; codes of earlier
    deliveries keep their keys. A code that is a CNPJ or a name (`BY_COMPANY`) is that of the company that has it, and
    one that is only mentioned beside a CNPJ that of the company with this CNPJ, and an account (`Source.accounts`) that
    of the company it surely is (`match_accounts`), or nobody's."""
    foreign = {s.source: s.customer.codes for s in sources if s.customer is not None and s.customer.codes}
    if not foreign:
        return
    own = [s for s in sources if s.source in foreign and foreign[s.source] not in BY_COMPANY]
    telling = [s for s in own if s.customers is not Customers.MENTION]
    beside = [s for s in own if s.customers is Customers.MENTION and _column(s, "cnpj") and not s.accounts]
    accounts = [s for s in own if s.accounts]
    systems_asked = sorted({*foreign.values()} & BY_COMPANY.keys())
    companies = (
        [s for s in sources if s.table == "companies" and s.customer] if systems_asked or beside or accounts else []
    )
    inputs = sorted({source.raw_table for source in (*telling, *beside, *accounts, *companies)})
    names = [[s.source for s in some] for some in (telling, beside, accounts)]
    decided = _decided(session, accounts)
    with session.stage(CODES, inputs=inputs, parameters=(CODE_VERSION, names, systems_asked, repr(decided))) as stage:
        if stage.stale:
            known = _known(session)
            found = session.connection.execute(" UNION ".join(map(_codes, telling)) or _NOBODY).fetchall()
            for system, code in sorted(set(found) - set(known)):
                known[system, code] = key_of(system, code, {key for key in known.values() if key})
            for system in systems_asked:
                known |= _of_companies(session, companies, system, known)
            for source in beside:
                known = {**_of_cnpj(session, source, _of_companies(session, companies, "cnpj", known)), **known}
            for source in accounts:
                known |= _of_accounts(session, source, companies, known, decided)
            rows = [(system, code, key) for (system, code), key in sorted(known.items())]
            columns = zip(*rows, strict=True) if rows else ((), (), ())
            named = zip(("system", "code", "customer_id"), columns, strict=True)
            session.write(tables()[CODES], pa.table({name: pa.array(column, pa.string()) for name, column in named}))


_NOBODY = "SELECT '' AS system, '' AS code WHERE FALSE"


def _known(session: Session) -> Known:
    if not session.has(CODES):
        return {}
    rows = session.query(f"SELECT system, code, customer_id FROM {CODES}").to_pylist()
    return {(row["system"], tidy_text(row["code"])): row["customer_id"] for row in rows}


def _of_companies(session: Session, companies: list[Source], system: str, known: Known) -> dict[tuple[str, str], str]:
    """What the company files say of one customer only → its key."""
    found: dict[str, set[str]] = {}
    for source in companies:
        column = _column(source, BY_COMPANY[system])
        if column is not None:
            for code, customer in _pairs(session, source, tidy(f"r.{quote(column.header)}"), _code(source)):
                whose = _whose(source, customer, known)
                if code and whose:
                    found.setdefault(code, set()).add(whose)
    return {(system, code): min(keys) for code, keys in found.items() if len(keys) == 1}


def _of_cnpj(session: Session, source: Source, by_cnpj: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """The codes of a source that stand beside the CNPJ of one customer only → its key."""
    column, customer = _column(source, "cnpj"), source.customer
    assert column is not None
    assert customer is not None
    found: dict[str, set[str]] = {}
    for code, cnpj in _pairs(session, source, *(tidy(f"r.{quote(one.header)}") for one in (customer, column))):
        if code and ("cnpj", cnpj) in by_cnpj:
            found.setdefault(code, set()).add(by_cnpj["cnpj", cnpj])
    return {(customer.codes, code): min(keys) for code, keys in found.items() if len(keys) == 1}


def _of_accounts(session: Session, source: Source, companies: list[Source], known: Known, decided: Decisions) -> Known:
    """The codes of the accounts of a source → the customer that has its CNPJ, else the one that is surely the same
    company; null for one that is nobody's. What people decided stands above both."""
    assert source.customer is not None
    system = source.customer.codes
    prospects = _told(session, source, PROSPECT)
    accounts = [one._replace(id=account_id(system, one.id)) for one in prospects]
    customers: dict[str, RawCompany] = {}
    for company in companies:
        for one in _told(session, company, CUSTOMER):
            whose = _whose(company, one.id, known)
            if whose:
                customers.setdefault(whose, one._replace(id=whose))
    by_cnpj = {}
    if _column(source, "cnpj"):
        found = _of_cnpj(session, source, _of_companies(session, companies, "cnpj", known))
        by_cnpj = {account_id(*account): key for account, key in found.items()}
    sure = {account: key for account, key in by_cnpj.items() if (account, key) not in decided}
    earlier = {account_id(*account): key for account, key in known.items() if account[0] == system and key}
    rest = [one for one in accounts if one.id not in sure]
    sure |= match_accounts(session.connection, rest, list(customers.values()), decided, earlier)
    return {(system, one.id): sure.get(account.id) for one, account in zip(prospects, accounts, strict=True)}


def _code(company: Source) -> str:
    """SQL: by what a company file knows a customer: a code of another system, tidied, or a key of ours."""
    assert company.customer is not None
    header = f"r.{quote(company.customer.header)}"
    return tidy(header) if company.customer.codes else normalized_key(header)


def _whose(company: Source, code: str, known: Known) -> str | None:
    """Our key of a customer that a company file knows by a code (`_code`)."""
    assert company.customer is not None
    return known.get((company.customer.codes, code)) if company.customer.codes else code


def _told(session: Session, source: Source, kind: str) -> list[RawCompany]:
    """What the lines of a company file say of each, the first line of each."""
    columns = {to: _column(source, to) for to in RawCompany._fields[2:]}
    texts = (f"nullif(trim(r.{quote(one.header)}), '')" if one else "NULL" for one in columns.values())
    rows = session.connection.execute(
        f"SELECT DISTINCT ON (key) {literal(kind)}, * EXCLUDE (_file, _row) FROM (SELECT {_code(source)} AS key, "
        f"{', '.join(f'{text} AS {to}' for to, text in zip(columns, texts, strict=True))}, _file, _row "
        f"FROM {quote(source.raw_table)} AS r WHERE _text IS NULL) WHERE key <> '' ORDER BY key, _file, _row"
    ).fetchall()
    return [RawCompany(*row) for row in rows]


def _decided(session: Session, accounts: list[Source]) -> Decisions:
    """What people decided about these accounts and customers."""
    systems = tuple(account_id(source.customer.codes) for source in accounts if source.customer is not None)
    said = company_decisions(session.store.root.parent) if systems else {}
    return {pair: one for pair, one in said.items() if pair[0].startswith(systems)}


def _column(source: Source, to: str) -> SourceColumn | None:
    return next((column for column in source.columns if column.to == to), None)


def _pairs(session: Session, source: Source, some: str, other: str) -> list[tuple[str, str]]:
    """The different pairs of two expressions over the lines of a source."""
    lines = f"SELECT DISTINCT {some}, {other} FROM {quote(source.raw_table)} AS r WHERE _text IS NULL"
    return session.connection.execute(lines).fetchall()


def _codes(source: Source) -> str:
    column = source.customer
    assert column is not None
    text = tidy(f"r.{quote(column.header)}")
    nulls = ", ".join(map(literal, ("", *map(str.casefold, source.nulls))))
    raw, same = quote(source.raw_table), {column.header, *column.aliases}
    others = [
        f"nullif(trim(r.{quote(one.header)}), '')" for one in source.columns if not {one.header, *one.aliases} & same
    ]
    more = f"coalesce({', '.join(others)}) IS NOT NULL" if others else "TRUE"
    # A code of several words with nothing beside it, where no code that says more has a blank, is words below a report.
    words = f"SELECT 1 FROM {raw} AS r WHERE _text IS NULL AND contains({text}, ' ') AND {more}"
    return (
        f"SELECT {literal(column.codes)} AS system, {text} AS code FROM {raw} AS r "
        f"WHERE _text IS NULL AND {text} NOT IN ({nulls}) AND NOT regexp_full_match({text}, {literal(SUMS)}) "
        f"AND ({more} OR NOT contains({text}, ' ') OR EXISTS ({words}))"
    )
