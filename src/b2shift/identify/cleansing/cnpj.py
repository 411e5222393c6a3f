"""CNPJ, numeric or alphanumeric (July 2026): canonical form and check digits."""

import re

from b2shift.identify.cleansing.verdict import Verdict

KIND = "cnpj_unformatted_or_wrong_digit"
_BARE = re.compile(r"^[0-9A-Z]{12}[0-9]{2}$")
_MARKS = re.compile(r"[\s./\-\u00a0]+")
_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def check_digits(base: str) -> str:
    """The two digits that close 12 characters (value = ASCII - 48; weights 2 to 9 from the right; modulo 11)."""
    for weights in (_WEIGHTS[1:], _WEIGHTS):
        rest = sum((ord(c) - 48) * w for c, w in zip(base, weights, strict=True)) % 11
        base += str(0 if rest < 2 else 11 - rest)
    return base[12:]


def judge_cnpj(text: str) -> Verdict:
    """`NN.NNN.NNN/NNNN-NN`, or unknown when it is no CNPJ or its check digits do not agree."""
    bare = _MARKS.sub("", text.upper())
    if bare.isdigit() and len(bare) == 13:
        bare = f"0{bare}"
    if not _BARE.match(bare):
        return Verdict(None, KIND, "não tem a forma de um CNPJ")
    if check_digits(bare[:12]) != bare[12:]:
        return Verdict(None, KIND, "os dígitos verificadores não conferem")
    canonical = f"{bare[:2]}.{bare[2:5]}.{bare[5:8]}/{bare[8:12]}-{bare[12:]}"
    return Verdict(canonical) if canonical == text else Verdict(canonical, KIND, "pontuação do CNPJ reposta", 1.0)
