"""What is refused before anything is planned: orders to the reader, writes, personal data, other people's rows, small talk."""

import re
from functools import lru_cache
from importlib import resources

from b2shift.insight.contracts import Reason
from b2shift.insight.reading.text import LONGEST_QUESTION, plain
from b2shift.kernel.yaml import parse_yaml

ORDER: tuple[Reason, ...] = ("prompt_injection", "unsafe_write", "pii", "permission", "out_of_scope")
ASK = (
    r"(?:^|\b(?:por favor|favor|please|pode|podes|poderia|podemos|quero|preciso|queria|precisamos|gostaria de|can you|"
    r"could you|i want to|i need to|want you to|vamos|e|and|agora|now|then|depois|voce|vc|ja|just|go ahead and|me ajude a|"
    r"me ajuda a|help me|would you|entao|tambem|let s|lets|need you to|que voce|aqui|ok|oi|ola|bom dia|hi|hello) )"
)
"""How an order to act begins: the verb comes first, or after a request."""
_SPACES = re.compile(r"[\s_\-.,\u00a0\u200b-\u200f\ufeff]+")


@lru_cache(maxsize=1)
def _patterns() -> dict[Reason, re.Pattern[str]]:
    told = parse_yaml((resources.files("b2shift.insight.planning") / "guards.yaml").read_text("utf-8"))
    return {reason: re.compile("|".join(f"(?:{one.replace('ASK', ASK)})" for one in told[reason])) for reason in ORDER}


def guard(question: str, repaired: str) -> Reason | None:
    """The reason to refuse a question as typed or with its spelling put right; None when there is none.

    A question longer than the reader reads is taken for an attempt to hide something in it.
    """
    if len(question) > LONGEST_QUESTION:
        return "prompt_injection"
    typed = _SPACES.sub(" ", plain(question)).strip()
    for reason in ORDER:
        pattern = _patterns()[reason]
        if pattern.search(typed) or pattern.search(repaired):
            return reason
    return None
