"""Customers of another system under keys of ours: each code gets one key, which every run and home gives again."""

import re
from hashlib import blake2b

import pyarrow as pa

from b2shift.identify.cleansing.cnpj import CHECK_WEIGHTS, whole_cnpj
from b2shift.identify.cleansing.keys import own_key
from b2shift.identify.sources.declaration import Customers, Source, SourceColumn
from b2shift.identify.sources.declarations import tables
from b2shift.kernel.text import squeeze, unaccent
from b2shift.lake.api import Session, literal, quote

CODE_VERSION = 5
TABLE = "customer_codes"
BY_COMPANY = {"cnpj": "cnpj", "nome": "name"}
"""Systems whose codes are what the company file says of a customer, and the column that says it."""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6
_NOBODYS = " ?"
_SUMS = ("total", "totais", "total geral", "subtotal", "sub-total", "soma", "somatorio", "grand total")
"""what stands in the place of a code on a line that sums others up"""
_SEVERAL = r"^([0-9]+)(?: ?; ?[0-9]+)+$"
_ACCOUNT = "001[0-9A-Za-z]{12}"
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT_CNPJ = "[0-9]{12,13}"
_CNPJ = r"[0-9A-Za-z]{2}\.[0-9A-Za-z]{3}\.[0-9A-Za-z]{3}/[0-9A-Za-z]{4}-[0-9]{2}"


def register_codes(session: Session, sources: list[Source]) -> None:
    """Write `customer_codes` with the codes that registries and evidence of these sources hold; codes of earlier
    deliveries keep their keys. A code that is a CNPJ or a name (`BY_COMPANY`) is that of the company that has it, and
    one that is only mentioned beside a CNPJ that of the company with this CNPJ."""
    foreign = {s.source: s.customer.codes for s in sources if s.customer is not None and s.customer.codes}
    if not foreign:
        return
    own = [s for s in sources if s.source in foreign and foreign[s.source] not in BY_COMPANY]
    telling = [s for s in own if s.customers is not Customers.MENTION]
    accounts = [s for s in own if s.customers is Customers.MENTION and _column(s, "cnpj")]
    asked = sorted({*foreign.values()} & BY_COMPANY.keys())
    companies = [s for s in sources if s.table == "companies" and s.customer] if asked or accounts else []
    inputs = sorted({source.raw_table for source in (*telling, *accounts, *companies)})
    names = [[s.source for s in some] for some in (telling, accounts)]
    with session.stage(TABLE, inputs=inputs, parameters=(CODE_VERSION, names, asked)) as stage:
        if stage.stale:
            known = _known(session)
            found = session.connection.execute(" UNION ".join(map(_codes, telling)) or _NOBODY).fetchall()
            for system, code in sorted(set(found) - set(known)):
                known[system, code] = key_of(system, code, set(known.values()))
            for system in asked:
                known |= _of_companies(session, companies, system, known)
            for source in accounts:
                known = _of_accounts(session, source, _of_companies(session, companies, "cnpj", known)) | known
            rows = [(system, code, key) for (system, code), key in sorted(known.items())]
            columns = zip(*rows, strict=True) if rows else ((), (), ())
            told = zip(("system", "code", "customer_id"), columns, strict=True)
            session.write(tables()[TABLE], pa.table({name: pa.array(column, pa.string()) for name, column in told}))


_NOBODY = "SELECT '' AS system, '' AS code WHERE FALSE"


def _known(session: Session) -> dict[tuple[str, str], str]:
    if not session.has(TABLE):
        return {}
    rows = session.query(f"SELECT system, code, customer_id FROM {TABLE}").to_pylist()
    return {(row["system"], tidy_text(row["code"])): row["customer_id"] for row in rows}


def _of_companies(
    session: Session, companies: list[Source], system: str, known: dict[tuple[str, str], str]
) -> dict[tuple[str, str], str]:
    """What the company files say of one customer only → its key."""
    found: dict[str, set[str]] = {}
    for source in companies:
        column = _column(source, BY_COMPANY[system])
        assert source.customer is not None
        if column is not None:
            codes, header = source.customer.codes, f"r.{quote(source.customer.header)}"
            key = tidy(header) if codes else own_key(header)
            for code, customer in _pairs(session, source, tidy(f"r.{quote(column.header)}"), key):
                whose = known.get((codes, customer)) if codes else customer
                if code and whose:
                    found.setdefault(code, set()).add(whose)
    return {(system, code): min(keys) for code, keys in found.items() if len(keys) == 1}


def _of_accounts(session: Session, source: Source, by_cnpj: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """The codes of a source that stand beside the CNPJ of one customer only → its key."""
    column, customer = _column(source, "cnpj"), source.customer
    assert column is not None
    assert customer is not None
    found: dict[str, set[str]] = {}
    for code, cnpj in _pairs(session, source, *(tidy(f"r.{quote(one.header)}") for one in (customer, column))):
        if code and ("cnpj", cnpj) in by_cnpj:
            found.setdefault(code, set()).add(by_cnpj["cnpj", cnpj])
    return {(customer.codes, code): min(keys) for code, keys in found.items() if len(keys) == 1}


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
    nulls = ", ".join(map(literal, ("", *_SUMS, *map(str.casefold, source.nulls))))
    return (
        f"SELECT {literal(column.codes)} AS system, {text} AS code FROM {quote(source.raw_table)} AS r "
        f"WHERE _text IS NULL AND {text} NOT IN ({nulls})"
    )


def tidy(text: str) -> str:
    """SQL: the form two spellings of a code share, be it a number or a name: without accents, case or spaces more.

    A CNPJ is the same without its marks or the zeros at its front, an account of Salesforce in its fifteen signs, where
    case tells, as in its eighteen, where the last three tell it; of several numbers, as HubSpot lists companies, the
    first counts.
    """
    plain = f"trim(regexp_replace({text}, '[\\s\\x{{A0}}]+', ' ', 'g'))"
    several = f"regexp_replace({plain}, {literal(_SEVERAL)}, '\\1')"
    padded = f"lpad({several}, 14, '0')"
    whole = (
        f"CASE WHEN regexp_full_match({several}, {literal(_ACCOUNT)}) THEN {several} || {_case_of(several)} "
        f"WHEN regexp_full_match({several}, {literal(_CNPJ)}) THEN regexp_replace({several}, '[./-]', '', 'g') "
        f"WHEN regexp_full_match({several}, {literal(_SHORT_CNPJ)}) AND {_closes(padded)} THEN {padded} "
        f"ELSE {several} END"
    )
    return f"lower(strip_accents({whole}))"


def _closes(text: str) -> str:
    """SQL: whether the last two of fourteen digits are the check digits of those before them (`check_digits`)."""

    def right(place: int) -> str:
        weights = f"{[float(one) for one in CHECK_WEIGHTS[-place:]]}"
        rest = f"list_inner_product(CAST(string_split({text}, '')[:{place}] AS DOUBLE[]), {weights}) % 11"
        return f"CASE WHEN {rest} < 2 THEN 0 ELSE 11 - {rest} END = CAST({text}[{place + 1}] AS INTEGER)"

    return f"{right(12)} AND {right(13)}"


def _case_of(text: str) -> str:
    """SQL: the three signs Salesforce adds to an id: which of each five before are capitals, as bits."""

    def sign(first: int) -> str:
        signs = (f"substr({text}, {first + place}, 1)" for place in range(5))
        bits = (f"{1 << place} * CAST({one} BETWEEN 'A' AND 'Z' AS INTEGER)" for place, one in enumerate(signs))
        return f"substr({literal(_SIGNS)}, 1 + {' + '.join(bits)}, 1)"

    return " || ".join(sign(first) for first in (1, 6, 11))


def tidy_text(text: str) -> str:
    """What `tidy` says of a text."""
    told = re.sub(_SEVERAL, r"\1", squeeze(text))
    if re.fullmatch(_ACCOUNT, told):
        bits = [sum(sign.isupper() << place for place, sign in enumerate(told[at : at + 5])) for at in (0, 5, 10)]
        told += "".join(_SIGNS[bit] for bit in bits)
    elif re.fullmatch(_CNPJ, told):
        told = re.sub(r"[./-]", "", told)
    elif re.fullmatch(_SHORT_CNPJ, told):
        told = whole_cnpj(told)
    return unaccent(told).lower()


def key_of(system: str, code: str, taken: set[str]) -> str:
    """Six letters and digits that follow from system and code alone, unless another code has them already."""
    for attempt in range(len(taken) + 1):
        digest = blake2b(f"{system}\x1f{code}\x1f{attempt}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest)
        key = "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))
        if key not in taken and not key.isdigit():
            return key
    raise AssertionError("a key that is not taken comes up among more attempts than keys taken")


def key_sql(system: str, text: str) -> str:
    """SQL: the key of a code; one that nobody registered stays as delivered, marked so that it is nobody's key."""
    found = f"(SELECT c.customer_id FROM {TABLE} AS c WHERE c.system = {literal(system)} AND c.code = {tidy(text)})"
    return f"coalesce({found}, {text} || {literal(_NOBODYS)})"


def is_nobodys(key: str) -> str:
    """SQL: whether `key_sql` knew nobody by a code; FALSE where there was none."""
    return f"coalesce(suffix({key}, {literal(_NOBODYS)}), FALSE)"


def code_of(key: str) -> str:
    """SQL: the code as delivered, of one that is nobody's."""
    return f"{key}[:-{len(_NOBODYS) + 1}]"
