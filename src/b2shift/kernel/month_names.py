"""Months as words, in Portuguese, English and Spanish, whole or short: the same for Python and for SQL."""

_NUMBERS = {
    "jan": 1, "ene": 1, "fev": 2, "feb": 2, "mar": 3, "abr": 4, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7,
    "ago": 8, "aug": 8, "set": 9, "sep": 9, "out": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12, "dic": 12,
}  # fmt: skip
MONTH_PATTERN = (
    "(jan(?:eiro|uary)?|ene(?:ro)?|fev(?:ereiro)?|feb(?:ruary|rero)?|mar(?:co|ch|zo)?|abr(?:il)?|apr(?:il)?|maio?|mayo?"
    "|jun(?:ho|e|io)?|jul(?:ho|y|io)?|ago(?:sto)?|aug(?:ust)?|set(?:embro|iembre)?|sep(?:t|tember|tiembre)?"
    "|out(?:ubro)?|oct(?:ober|ubre)?|nov(?:embro|ember|iembre)?|dez(?:embro)?|dec(?:ember)?|dic(?:iembre)?)"
)
"""a regular expression with one group: a word of a month in small letters, without accents"""


def month_number(word: str) -> int:
    """The number of a word that `MONTH_PATTERN` matches."""
    return _NUMBERS[word[:3]]


def month_digits_sql(word: str) -> str:
    """SQL: the two digits of such a word, NULL of any other text."""
    whens = " ".join(f"WHEN '{begin}' THEN '{number:02d}'" for begin, number in _NUMBERS.items())
    return f"CASE left({word}, 3) {whens} END"
