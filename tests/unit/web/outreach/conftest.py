"""What the tests of contacts share: a due contact of the executor's, under a rule of the policy in force."""

import pytest
from tests.unit.web.conftest import PASSWORD
from tests.unit.web.outreach.world import CUSTOMER, NOW, PERSON, PROPOSAL, doer

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Proposal
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox import permissions as permissions


@pytest.fixture
def due(people: dict[Role, User]) -> Proposal:
    """A due contact with a customer of the executor's and the manager's, by e-mail or telephone, consented to."""
    told = {"rule_id": "retencao.risco_alto", "kind": "retencao", "mrr_at_stake": 124}
    words = {"message": "Queremos ver juntos o que falta.", "objective": "Evitar o cancelamento."}
    Proposal.objects.filter(pk=PROPOSAL).update(**told, **words)
    permissions.allow(CUSTOMER, "email", "formulário", NOW, person_id=PERSON)
    return Proposal.objects.get(pk=PROPOSAL)


@pytest.fixture
def executor(people: dict[Role, User]) -> Doer:
    return doer(people[Role.EXECUTOR])


@pytest.fixture
def manager(people: dict[Role, User]) -> Doer:
    return doer(people[Role.MANAGER])


@pytest.fixture
def another_manager(people: dict[Role, User]) -> Doer:
    """Who answers for the same sellers."""
    person = User.objects.create_user(
        "outra@empresa.example", PASSWORD, name="Outra Gestora", role=Role.MANAGER, vendor_user_id="U0000"
    )
    return doer(person)
