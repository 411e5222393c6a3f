"""Companies: does the one being typed exist already?"""

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from pydantic import Field

from b2shift.identify.contracts import TypedCompany
from b2shift.web.accounts.permissions import Capability
from b2shift.web.crm.similar_companies import SimilarCompany, similar_companies
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.companies import AlikeCompany, AlikePage
from b2shift.web.rest.pagination import single_page
from b2shift.web.rest.problems import invalid
from b2shift.web.rest.validators import conditional

router = Router(tags=["companies"])


class AlikeQuery(Schema):
    """A company as far as it is typed; the more fields, the surer the answer."""

    name: str = Field("", max_length=200, description="name as typed, at any length", examples=["padaria joao"])
    cnpj: str | None = Field(None, max_length=30, description="CNPJ with or without marks, letters allowed")
    domain: str | None = Field(None, max_length=200, description="domain or site")
    phone: str | None = Field(None, max_length=30, description="telephone with area code")
    city: str | None = Field(None, max_length=100, description="city")
    state: str | None = Field(None, max_length=2, description="UF")
    limit: int = Field(5, ge=1, le=20, description="companies at most")


@router.get("/alike", response=AlikePage, summary="Companies like one being typed", **secured(Capability.CUSTOMERS))
@conditional
def list_alike_companies(request: HttpRequest, query: Query[AlikeQuery]) -> AlikePage:
    """Warn of duplicates while a company is typed: customers and prospects that may be it, with the reasons.

    Of companies outside your portfolio the answer says that they exist, not which they are.
    """
    typed = query.model_dump(exclude={"limit"})
    for name in sorted(set(request.GET) - set(AlikeQuery.model_fields)):
        raise invalid(name[:80], gettext("Não há este parâmetro"))
    found = similar_companies(caller_of(request).person, TypedCompany(**typed), limit=query.limit)
    return single_page(AlikePage, map(_alike_company, found))


def _alike_company(one: SimilarCompany) -> AlikeCompany:
    link = one.link
    return AlikeCompany(
        kind=link.kind,
        visible=one.visible,
        id=link.id if one.visible else None,
        name=link.name if one.visible else None,
        probability=round(link.probability, 4),
        zone=link.zone,
        reasons=link.evidence,
    )
