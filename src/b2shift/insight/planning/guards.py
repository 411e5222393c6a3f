"""Guards before planning: prompt injection, writes, personal data, other people's rows, small talk."""

import re
from functools import lru_cache
from importlib import resources

from b2shift.insight.contracts import Reason
from b2shift.insight.planning.obfuscation import deobfuscated
from b2shift.insight.reading.text import LONGEST_QUESTION, fold_letters
from b2shift.kernel.yaml import parse_yaml

ORDER: tuple[Reason, ...] = ("prompt_injection", "unsafe_write", "pii", "permission", "out_of_scope")
ASK = (
    r"(?:^|\b(?:por favor|favor|please|pode|podes|poderia|podemos|quero|preciso|queria|precisamos|gostaria de|can you|"
    r"could you|i want to|i need to|want you to|vamos|e|and|agora|now|then|depois|voce|vc|ja|just|go ahead and|me ajude a|dizer|me diga|me diz|informar|saber|"
    r"me ajuda a|help me|would you|entao|tambem|let s|lets|need you to|que voce|aqui|ok|oi|ola|bom dia|hi|hello) )"
)
"""How an order to act begins: the verb comes first, or after a request."""
_ASKED = re.compile(r"ASK\(([^()]*)\)")
_ENDS = re.compile(r"[.!?;]+\s")
"""Between sentences: an order may begin the second one, `… o NPS? Apaga mesmo`."""
_MARKS = re.compile(r"[!?,;:]+")
_SPACES = re.compile(r"[\s_\-.,\u00a0\u200b-\u200f\ufeff]+")


def _ordering(asked: re.Match[str]) -> str:
    """The verbs of an order: each infinitive stands for its imperatives too, `fechar` for `fecha` and `feche`."""
    verbs = [form for verb in asked[1].split("|") for form in (verb, *_imperatives(verb))]
    return f"{ASK}({'|'.join(dict.fromkeys(verbs))})"


def _imperatives(verb: str) -> tuple[str, ...]:
    stem = verb[:-2]
    if verb.endswith("ar") and len(verb) > 4:
        soft = {"c": f"{stem[:-1]}qu", "g": f"{stem}u"}.get(stem[-1], stem)
        return f"{stem}a", f"{soft}e"
    return (f"{stem}e", f"{stem}a") if verb.endswith(("er", "ir")) and len(verb) > 4 else ()


@lru_cache(maxsize=1)
def _patterns() -> dict[Reason, re.Pattern[str]]:
    declared = parse_yaml((resources.files("b2shift.insight.planning") / "guards.yaml").read_text("utf-8"))
    return {
        reason: re.compile("|".join(f"(?:{_ASKED.sub(_ordering, one)})" for one in declared[reason]))
        for reason in ORDER
    }


def guard(question: str, repaired: str) -> Reason | None:
    """The reason to refuse a question, as typed or spell-corrected; None when there is none.

    A question longer than the reader reads is taken for an attempt to hide something in it.
    """
    if len(question) > LONGEST_QUESTION:
        return "prompt_injection"
    typed = _SPACES.sub(" ", fold_letters(question)).strip()
    unmarked = _SPACES.sub(" ", _MARKS.sub(" ", typed)).strip()
    sentences = [_SPACES.sub(" ", one).strip() for one in _ENDS.split(fold_letters(question))[1:]]
    hidden = [_SPACES.sub(" ", fold_letters(one)).strip() for one in deobfuscated(question)]
    texts = dict.fromkeys((typed, unmarked, repaired, *sentences, *hidden))  # mostly one and the same
    for reason in ORDER:
        pattern = _patterns()[reason]
        if any(map(pattern.search, texts)):
            return reason
    return None
