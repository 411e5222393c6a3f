"""A question read twice where a model is set up: the two readings agree, or the person chooses."""

from collections.abc import Sequence
from hashlib import blake2b

from b2shift.insight.api import ModelUsage, agreed, read_by_model, request_for, worth_asking
from b2shift.insight.contracts import Plan
from b2shift.web.accounts.models import User
from b2shift.web.crm.own_metrics import of_this_home
from b2shift.web.crm.questions import TURNS, Reply, read_question, reference_date, reply_to
from b2shift.web.ledger.trail import Doer
from b2shift.web.second_reader.calls import kept_reading, reserve, resting, settle
from b2shift.web.second_reader.settings import SecondReader, second_reader

BYTES_A_TOKEN = 2
"""Fewer bytes than a token ever has on average: what is reserved is never less than what is spent."""


@of_this_home
def ask_twice(user: User, question: str, earlier: Sequence[str], doer: Doer, *, calling: bool = True) -> Reply:
    """`crm.questions.ask` with a second reading. Without a model, or `calling`, or budget, the first one stands.

    Not calling, what the model said when the question was asked is still taken into account: an answer shown again is
    the same answer.
    """
    planned = read_twice(user, question, earlier, doer, calling=calling)
    return reply_to(user, planned, question, earlier)


@of_this_home
def read_twice(user: User, question: str, earlier: Sequence[str], doer: Doer, *, calling: bool = True) -> Plan:
    """The plan that the two readings come to; nothing is computed yet."""
    built_in = read_question(user, question, earlier)
    reader = second_reader()
    context = tuple(earlier)[-TURNS:]
    if reader is None or not worth_asking(built_in, question, context):
        return built_in
    by_model = _by_model(reader, user, question, context, doer, calling=calling)
    return agreed(built_in, by_model, reference_date(user))


def _by_model(
    reader: SecondReader, user: User, question: str, context: Sequence[str], doer: Doer, *, calling: bool
) -> Plan | None:
    request = request_for(reader.at, question, reference_date(user), context)
    asked = blake2b(request.url.encode() + request.body, digest_size=16).hexdigest()
    kept = kept_reading(asked)
    if kept is not None or not calling or resting():
        return kept
    most = len(request.body) // BYTES_A_TOKEN, reader.at.most_tokens
    call = reserve(user, reader.at.name, asked, most, reader.budget)
    if call is None:
        return None
    plan, spent = None, ModelUsage(outcome="unreachable", why="interrompida")
    try:
        plan, spent = read_by_model(reader.at, request)
    finally:
        settle(call, spent, plan, reader.budget, doer)
    return plan
