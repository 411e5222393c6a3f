"""Yes and no."""

from b2shift.identify.cleansing.verdict import Verdict
from b2shift.kernel.text import fold

_YES, _NO = {"s", "sim", "true", "verdadeiro", "1", "y", "yes", "t"}, {"n", "nao", "false", "falso", "0", "no", "f"}


def judge_flag(text: str) -> Verdict:
    """`true`, `false`, or unknown; a usual spelling is no defect."""
    word = fold(text)
    if word in _YES or word in _NO:
        return Verdict("true" if word in _YES else "false")
    return Verdict(None, "invalid_flag", "não é sim nem não")
