"""A turn told while it comes to be: how it was read, then its numbers, its picture, and what they say."""

import json
from collections.abc import Iterator, Sequence

from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from b2shift.insight.api import describe_query
from b2shift.kernel.errors import B2ShiftError
from b2shift.web.console.ask.conversation import AskedQuestion
from b2shift.web.console.ask.turns import Turn, answered_turn, failed_turn, read_turn
from b2shift.web.console.decorators import AuthenticatedRequest
from b2shift.web.crm.own_metrics import of_this_home
from b2shift.web.crm.questions import language_of_page
from b2shift.web.ledger.trail import Doer

STEPS = ("numbers", "picture", "whole")


def streamed(
    request: AuthenticatedRequest, doer: Doer, asked: AskedQuestion, before: Sequence[str], key: str
) -> Iterator[str]:
    """Lines of JSON, each with the step and the turn's HTML so far; the last is the turn as the page shows it."""
    language = get_language() or "pt-br"
    with override(language):
        yield _line("waiting", _waiting(request, asked, key, _("Lendo a pergunta…")))
    try:
        with override(language):
            planned = _read(doer, asked, before)
            if planned.query is not None:
                said = describe_query(planned.query, language_of_page())
                yield _line("read", _waiting(request, asked, key, _("Calculando…"), said))
            one = _answered_turn(doer, asked, before, key, planned)
    except B2ShiftError as error:
        with override(language):
            one = failed_turn(asked, key, error)
    for step in STEPS if one.answer else STEPS[-1:]:
        with override(language):
            yield _line(step, _turn(request, one, asked, step))


_read = of_this_home(read_turn)
_answered_turn = of_this_home(answered_turn)


def _line(step: str, html: str) -> str:
    return json.dumps({"step": step, "html": html}, ensure_ascii=False) + "\n"


def _waiting(request: AuthenticatedRequest, asked: AskedQuestion, key: str, word: str, read: str = "") -> str:
    context = {"question": asked.question, "key": key, "word": word, "read": read}
    return render_to_string("console/ask/waiting.html", context, request)


def _turn(request: AuthenticatedRequest, one: Turn, asked: AskedQuestion, step: str) -> str:
    return render_to_string("console/ask/turn.html", {"turn": one, "page": asked.page, "step": step}, request)
