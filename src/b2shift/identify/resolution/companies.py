"""A company as resolution sees it, whichever table it comes from."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from b2shift.identify.cleansing.cnpj import whole_cnpj
from b2shift.identify.resolution.names import CompanyName, Vocabulary, read_name
from b2shift.kernel.text import fold

CUSTOMER, PROSPECT = "customer", "prospect"
_CNPJ, _ROOT = 14, 8
_NATIONAL_PHONE = 10
_WEB = re.compile(r"^(https?://)?(www\.)?")


class Company(NamedTuple):
    """One record, its evidence normalised; what is not known is null."""

    kind: str
    id: str
    told: str
    name: CompanyName
    cnpj_root: str | None
    domain: str | None
    phone: str | None
    city: str | None
    state: str | None
    segment: str | None


class Told(NamedTuple):
    """One record as its table or a person tells it."""

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
    """All companies read together, with what is frequent among them."""

    companies: list[Company]
    vocabulary: Vocabulary
    cities: Counter[str]


def read_companies(rows: Sequence[Told]) -> Population:
    """Normalise every record against the words all of them use."""
    vocabulary = Vocabulary.of(row.name or "" for row in rows)
    companies = [read_company(row, vocabulary) for row in rows]
    return Population(companies, vocabulary, Counter(company.city for company in companies if company.city))


def read_company(row: Told, vocabulary: Vocabulary) -> Company:
    """One record with its name in words, the root of its CNPJ, its domain without `www`, its phone in digits."""
    return Company(
        kind=row.kind,
        id=row.id,
        told=row.name or "",
        name=read_name(row.name or "", vocabulary),
        cnpj_root=cnpj_root(row.cnpj),
        domain=_WEB.sub("", row.domain.strip().lower()).split("/")[0] or None if row.domain else None,
        phone=_phone(row.phone),
        city=re.sub(r"\W+", "", fold(row.city)) or None if row.city else None,
        state=fold(row.state) or None if row.state else None,
        segment=fold(row.segment) or None if row.segment else None,
    )


def cnpj_root(text: str | None) -> str | None:
    """The 8 characters that name the company, letters allowed; null for what is not 14 characters.

    Check digits are not asked to agree: two records with the same wrong number still say the same. Only where zeros
    are missing at the front do they tell a CNPJ from one that is being typed.
    """
    bare = re.sub(r"[^0-9A-Z]", "", whole_cnpj(text or ""))
    return bare[:_ROOT] if len(bare) == _CNPJ else None


def _phone(text: str | None) -> str | None:
    digits = re.sub(r"\D", "", text or "").removeprefix("0")
    if len(digits) > _NATIONAL_PHONE + 1:
        digits = digits.removeprefix("55")
    return digits if len(digits) >= _NATIONAL_PHONE else None
