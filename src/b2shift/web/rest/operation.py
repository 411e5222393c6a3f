"""Quality and loads, who is asking, and what the lake holds."""

from django.http import HttpRequest
from ninja import Router

from b2shift.web.accounts.permissions import Capability, scope_of
from b2shift.web.crm.catalogue import visible_loads, visible_quality
from b2shift.web.crm.current import newest_publication
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.column_descriptions import tables
from b2shift.web.rest.contracts.operation import (
    CatalogueColumn,
    CataloguePage,
    CatalogueTable,
    Load,
    LoadPage,
    Me,
    Published,
    QualityCount,
    QualityPage,
    TokenOfCaller,
)
from b2shift.web.rest.pagination import single_page
from b2shift.web.rest.validators import conditional

quality = Router(tags=["quality"])
router = Router(tags=["you"])


@quality.get("", response=QualityPage, summary="Defects found", **secured(Capability.QUALITY))
@conditional
def list_quality(request: HttpRequest) -> QualityPage:
    """Counts of what was repaired, set to unknown or rejected, by source, file, defect and column."""
    rows = visible_quality(caller_of(request).person)
    return single_page(QualityPage, (QualityCount.model_validate(row, from_attributes=True) for row in rows))


@quality.get("/loads", response=LoadPage, summary="Files delivered", **secured(Capability.QUALITY))
@conditional
def list_loads(request: HttpRequest) -> LoadPage:
    """Every file as last loaded, with the evidence for every choice."""
    rows = visible_loads(caller_of(request).person)
    return single_page(LoadPage, (Load.model_validate(row, from_attributes=True) for row in rows))


@router.get("/me", response=Me, summary="Who you are here", **secured())
def get_me(request: HttpRequest) -> Me:
    """Your role, what you may read with this token or session, and which publication you read."""
    caller = caller_of(request)
    person, token, newest = caller.person, caller.token, newest_publication()
    return Me(
        name=person.name,
        email=person.email,
        role=person.role,
        rows=scope_of(person).value,
        business_unit=person.business_unit,
        capabilities=tuple(one.value for one in Capability if caller.may(one)),
        token=TokenOfCaller.model_validate(token, from_attributes=True) if token else None,
        publication=Published.model_validate(newest, from_attributes=True) if newest else None,
    )


@router.get("/catalogue", response=CataloguePage, summary="Tables and columns", **secured())
def get_catalogue(request: HttpRequest) -> CataloguePage:
    """Every table the lake declares, with what its rows and columns mean."""
    return single_page(
        CataloguePage,
        (
            CatalogueTable(
                **table.model_dump(exclude={"columns", "person"}),
                package=package,
                columns=tuple(CatalogueColumn(**column.model_dump()) for column in table.columns),
            )
            for package, table in tables().values()
        ),
    )
