"""Cells with several e-mails or telephones: the first one counts, the cell stays in the file as delivered."""

import re

from b2shift.identify.cleansing.texts import judge_text
from b2shift.identify.cleansing.verdict import Verdict

KIND = "several_values"
EMAIL_SQL, PHONE_SQL = r"(?s)@.*@", r"(?s)\d.*([;|,/\n]|\s(e|ou|or|and|y|o)\s).*\d"
"""what a cell of several looks like, at a glance"""
_SIGN = r"[^\s@<>()\[\]\";,|/:]"
_EMAIL = re.compile(rf"{_SIGN}+@{_SIGN}+\.[a-zA-Z]{{2,}}")
_PHONE = re.compile(r"'?\+?[\d\s().\-]{8,20}")
_BETWEEN = re.compile(r"[;|,/\n]|\s(?:e|ou|or|and|y|o)\s")
_LEAST_DIGITS = 8
_LONGEST = 1000
"""a longer cell is a text"""


def is_email(text: str) -> bool:
    """Whether a text is one e-mail, or several and nothing else."""
    if len(text) > _LONGEST:
        return False
    rest = re.sub(r"[\s;,|/]+|\b(?:e|ou|or|and|y|o)\b", "", _EMAIL.sub("", text))
    return not rest and bool(_EMAIL.search(text))


def is_phone(text: str) -> bool:
    """Whether a text is one telephone, or several and nothing else."""
    if len(text) > _LONGEST:
        return False
    first, *others = _phones(text)
    return _is_one_phone(first) and all(re.fullmatch(r"\+?[\d\s().\-]{2,20}", one) for one in others)


def judge_email(text: str) -> Verdict:
    """The first of several e-mails, else the text."""
    return _first(text, _EMAIL.findall(text) if len(text) <= _LONGEST else [], "e-mails")


def judge_phone(text: str) -> Verdict:
    """The first of several telephones, else the text."""
    return _first(text, _phones(text) if is_phone(text) else [], "telefones")


def _first(text: str, found: list[str], what: str) -> Verdict:
    if len(found) < 2:
        return judge_text(text)
    rule = f"vários {what} em uma célula: vale o primeiro, os outros ficam no arquivo como veio"
    return Verdict(found[0], KIND, rule)


def _phones(text: str) -> list[str]:
    parts = [part.strip() for part in _BETWEEN.split(text)]
    return [part for part in parts if part] or [""]


def _is_one_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text)) and sum(sign.isdigit() for sign in text) >= _LEAST_DIGITS
