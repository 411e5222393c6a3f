"""CNPJ, numeric or alphanumeric (July 2026): canonical form and check digits."""

import re

from b2shift.identify.cleansing.verdict import Verdict
from b2shift.kernel.cnpj import punctuated

KIND = "cnpj_unformatted_or_wrong_digit"
_BARE = re.compile(r"^[0-9A-Z]{12}[0-9]{2}$")
_MARKS = re.compile(r"[\s./\-\u00a0]+")
_AS_A_NUMBER = re.compile(r"\s*'?(\d{12,14})(?:[.,]0+)?\s*")
_LENGTH = 14
CHECK_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def check_digits(base: str) -> str:
    """The two digits that close 12 characters (value = ASCII - 48; weights 2 to 9 from the right; modulo 11)."""
    for weights in (CHECK_WEIGHTS[1:], CHECK_WEIGHTS):
        rest = sum((ord(c) - 48) * w for c, w in zip(base, weights, strict=True)) % 11
        base += str(0 if rest < 2 else 11 - rest)
    return base[12:]


def whole_cnpj(text: str) -> str:
    """The characters of a CNPJ without its marks.

    A spreadsheet takes one without marks for a number: what it adds is left out, and one or two zeros it took from the
    front are put back where the check digits then agree (of other numbers of that length one in a hundred does). Three
    zeros fewer are as long as a CPF, and stay away.
    """
    found = _AS_A_NUMBER.fullmatch(text)
    bare = found[1] if found else _MARKS.sub("", text.upper())
    if found and len(bare) < _LENGTH:
        padded = bare.zfill(_LENGTH)
        return padded if check_digits(padded[:12]) == padded[12:] else bare
    return bare


def judge_cnpj(text: str) -> Verdict:
    """`NN.NNN.NNN/NNNN-NN`, or unknown when it is no CNPJ or its check digits do not agree."""
    bare = whole_cnpj(text)
    if not _BARE.match(bare):
        return Verdict(None, KIND, "não tem a forma de um CNPJ")
    if check_digits(bare[:12]) != bare[12:]:
        return Verdict(None, KIND, "os dígitos verificadores não conferem")
    canonical = punctuated(bare)
    return Verdict(canonical) if canonical == text else Verdict(canonical, KIND, "pontuação do CNPJ reposta", 1.0)
