"""Companies similar to the one typed, as far as the person may see them (ADR 0140)."""

from contextlib import suppress
from dataclasses import dataclass

from b2shift.identify.api import possible_duplicates
from b2shift.identify.contracts import CompanyLink, TypedCompany
from b2shift.kernel.errors import LakeEmptyError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, Scope, require, scope_of
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import portfolio, visible_customers


@dataclass(frozen=True)
class SimilarCompany:
    """A similar company; of one outside the person's portfolio only its existence is shown."""

    link: CompanyLink
    visible: bool


def prepare() -> None:
    """Load what the search reads, before somebody types."""
    with suppress(LakeEmptyError):
        possible_duplicates(lake(), TypedCompany(name="a"))


def similar_companies(user: User, typed: TypedCompany, *, limit: int = 5) -> list[SimilarCompany]:
    """The most similar first, none below the review threshold; AccessError for who sees no customers."""
    require(user, Capability.CUSTOMERS)
    try:
        found = possible_duplicates(lake(), typed, limit=limit)
    except LakeEmptyError:
        return []
    if scope_of(user) is Scope.ALL:
        return [SimilarCompany(link, visible=True) for link in found]
    codes = [link.id for link in found if link.kind == "customer"]
    seen = set(visible_customers(user).filter(customer_id__in=codes).values_list("customer_id", flat=True))
    seen |= _own_prospects(user, [link.id for link in found if link.kind == "prospect"])
    return [SimilarCompany(link, visible=link.id in seen) for link in found]


def _own_prospects(user: User, codes: list[str]) -> set[str]:
    """The prospects of the person's own portfolio."""
    followed = portfolio(user)
    if not codes or not followed:
        return set()
    rows = lake().query(
        "SELECT prospect_id FROM prospects WHERE prospect_id IN (SELECT unnest($codes::VARCHAR[])) "
        "AND owner_id IN (SELECT unnest($followed::VARCHAR[]))",
        {"codes": codes, "followed": followed},
    )
    return {row["prospect_id"] for row in rows.to_pylist()}
