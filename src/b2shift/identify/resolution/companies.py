"""Company records normalised for comparison, whichever table they come from."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from b2shift.identify.cleansing.cnpj import whole_cnpj
from b2shift.identify.resolution.names import CompanyName, Vocabulary, parse_name
from b2shift.kernel.text import fold

CUSTOMER, PROSPECT = "customer", "prospect"
_CNPJ_LENGTH, _ROOT_LENGTH = 14, 8
_PHONE_DIGITS = 10
_URL_PREFIX = re.compile(r"^(https?://)?(www\.)?")


class Company(NamedTuple):
    """One record with its attributes normalised; null where unknown."""

    kind: str
    id: str
    raw_name: str
    name: CompanyName
    cnpj_root: str | None
    domain: str | None
    phone: str | None
    city: str | None
    state: str | None
    segment: str | None


class RawCompany(NamedTuple):
    """One record as delivered or typed."""

    kind: str
    id: str
    name: str | None
    cnpj: str | None = None
    domain: str | None = None
    phone: str | None = None
    city: str | None = None
    state: str | None = None
    segment: str | None = None


class Population(NamedTuple):
    """All companies to resolve, with the frequencies of their words and cities."""

    companies: list[Company]
    vocabulary: Vocabulary
    cities: Counter[str]


def normalise_companies(rows: Sequence[RawCompany]) -> Population:
    """Normalise every record against the vocabulary of all."""
    vocabulary = Vocabulary.of(row.name or "" for row in rows)
    companies = [normalise_company(row, vocabulary) for row in rows]
    return Population(companies, vocabulary, Counter(company.city for company in companies if company.city))


def normalise_company(row: RawCompany, vocabulary: Vocabulary) -> Company:
    """Parse the name, take the root of the CNPJ, the domain without `www` and the phone in digits."""
    return Company(
        kind=row.kind,
        id=row.id,
        raw_name=row.name or "",
        name=parse_name(row.name or "", vocabulary),
        cnpj_root=cnpj_root(row.cnpj),
        domain=_URL_PREFIX.sub("", row.domain.strip().lower()).split("/")[0] or None if row.domain else None,
        phone=_phone(row.phone),
        city=re.sub(r"\W+", "", fold(row.city)) or None if row.city else None,
        state=fold(row.state) or None if row.state else None,
        segment=fold(row.segment) or None if row.segment else None,
    )


def cnpj_root(text: str | None) -> str | None:
    """The 8 characters of a CNPJ that identify the company, letters allowed; null unless it has 14 characters.

    Check digits are not verified: two records with the same wrong number still agree. They decide only whether a
    shorter number lacks leading zeros or is still being typed.
    """
    bare = re.sub(r"[^0-9A-Z]", "", whole_cnpj(text or ""))
    return bare[:_ROOT_LENGTH] if len(bare) == _CNPJ_LENGTH else None


def _phone(text: str | None) -> str | None:
    digits = re.sub(r"\D", "", text or "").removeprefix("0")
    if len(digits) > _PHONE_DIGITS + 1:
        digits = digits.removeprefix("55")
    return digits if len(digits) >= _PHONE_DIGITS else None
