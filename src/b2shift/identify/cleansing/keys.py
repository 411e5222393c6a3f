"""The customer's key in the forms people type it."""

from b2shift.identify.cleansing.verdict import Verdict
from b2shift.kernel.ids import customer_id

KIND = "key_whitespace_or_case"
RULE = "espaços retirados e letras maiúsculas"


def normalized_key(text: str) -> str:
    """SQL: a key as people type it, made comparable: one of ours in capitals, without spaces."""
    return f"upper(replace({text}, ' ', ''))"


def judge_key(text: str) -> Verdict:
    """The canonical key (upper case, no spaces), or None with kind `invalid_key`: the row cannot belong to anyone."""
    canonical = customer_id("".join(text.split()))
    if canonical is None or not canonical.isascii():
        return Verdict(None, "invalid_key", "não tem a forma de um código de cliente")
    return Verdict(canonical, KIND, RULE, 1.0)
