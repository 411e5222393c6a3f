"""Due contacts and the rules that propose them."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from b2shift.web.accounts.permissions import Capability
from b2shift.web.crm.catalogue import visible_rules
from b2shift.web.crm.filters import ACTION_FILTERS, ACTION_SORTS, PROPOSAL_FILTERS, PROPOSAL_SORTS, keep
from b2shift.web.crm.models import ContactRule
from b2shift.web.crm.models import NextAction as ActionRecord
from b2shift.web.crm.models import Proposal as Record
from b2shift.web.crm.reading import visible_actions, visible_proposals
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.proposals import (
    NextAction,
    NextActionPage,
    Proposal,
    ProposalPage,
    Rule,
    RulePage,
)
from b2shift.web.rest.pagination import page, reject_unknown_parameters, single_page
from b2shift.web.rest.problems import not_found
from b2shift.web.rest.queries import ActionQuery, ProposalCode, ProposalQuery
from b2shift.web.rest.validators import conditional

router = Router(tags=["proposals"])
actions = Router(tags=["proposals"])
rules = Router(tags=["proposals"])


@router.get("", response=ProposalPage, summary="Due contacts you see", **secured(Capability.PROPOSALS))
@conditional
def list_proposals(request: HttpRequest, query: Query[ProposalQuery]) -> ProposalPage:
    """What the contact rules propose for the customers you see, most urgent first."""
    reject_unknown_parameters(request, ProposalQuery)
    rows = keep(visible_proposals(caller_of(request).person), PROPOSAL_FILTERS, query.filters())
    return page(ProposalPage, rows, query, sorts=PROPOSAL_SORTS, sort=query.sort, key="proposal_id", shape=_proposal)


@router.get("/{proposal_id}", response=Proposal, summary="One due contact", **secured(Capability.PROPOSALS))
@conditional
def get_proposal(request: HttpRequest, proposal_id: ProposalCode) -> Proposal:
    """A due contact with the values that fired it."""
    rows = visible_proposals(caller_of(request).person)
    found = None if "\x00" in proposal_id else rows.filter(proposal_id=proposal_id).first()
    if found is None:
        raise not_found()
    return _proposal(found)


@actions.get("", response=NextActionPage, summary="Next best actions you see", **secured(Capability.PROPOSALS))
@conditional
def list_actions(request: HttpRequest, query: Query[ActionQuery]) -> NextActionPage:
    """What is best for each customer you see, within people's time and consent; worth most first."""
    reject_unknown_parameters(request, ActionQuery)
    rows = keep(visible_actions(caller_of(request).person), ACTION_FILTERS, query.filters())
    return page(NextActionPage, rows, query, sorts=ACTION_SORTS, sort=query.sort, key="action_id", shape=_action)


@rules.get("", response=RulePage, summary="Contact rules in force", **secured(Capability.RULES))
@conditional
def list_rules(request: HttpRequest) -> RulePage:
    """The rules of the policy; how many they reach, for who may see totals of the base."""
    caller = caller_of(request)
    overview = caller.may(Capability.OVERVIEW)
    return single_page(RulePage, (_rule(row, overview) for row in visible_rules(caller.person)))


def _proposal(row: Record) -> Proposal:
    return Proposal.model_validate(_fields(row, Proposal))


def _action(row: ActionRecord) -> NextAction:
    return NextAction.model_validate(_fields(row, NextAction))


def _fields(row: Record | ActionRecord, shape: type[Proposal] | type[NextAction]) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in shape.model_fields if name != "customer_name"}
    return fields | {"customer_name": row.customer.display_name}


def _rule(row: ContactRule, overview: bool) -> Rule:
    found = Rule.model_validate(row, from_attributes=True)
    return found if overview else found.model_copy(update={"customers": None, "due": None})
