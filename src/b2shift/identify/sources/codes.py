"""Codes of customers in other systems: the form two spellings share, the key that follows from one, and whose it is."""

import re
from hashlib import blake2b

from b2shift.identify.cleansing.cnpj import CHECK_WEIGHTS, whole_cnpj
from b2shift.kernel.text import squeeze, unaccent
from b2shift.lake.api import literal

CODES = "customer_codes"
BY_COMPANY = {"cnpj": "cnpj", "nome": "name"}
"""Systems whose codes are what the company file says of a customer, and the column that says it."""
SUM_WORDS = "total|totais|totals|soma|somatorio"
SUMS = f"(grand |sub ?-? ?)?({SUM_WORDS})( geral| parcial| final)?( (de|dos|das|do|da|of) [a-z]+)?[ :=-]*[0-9.,]*"
"""what stands in the place of a code on a line that sums others up: `Total Geral`, `Total de registros: 120`"""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6
_NOBODYS, _ACCOUNTS = " ?", " -"
_SEVERAL = r"^([0-9]+)(?: ?; ?[0-9]+)+$"
_ACCOUNT = "001[0-9A-Za-z]{12}"
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT_CNPJ = "[0-9]{12,13}"
_CNPJ = r"[0-9A-Za-z]{2}\.[0-9A-Za-z]{3}\.[0-9A-Za-z]{3}/[0-9A-Za-z]{4}-[0-9]{2}"


def tidy(text: str) -> str:
    """SQL: the form two spellings of a code share, be it a number or a name: without accents, case or spaces more.

    A CNPJ is the same without its marks or the zeros at its front, an account of Salesforce in its fifteen signs, where
    case tells, as in its eighteen, where the last three tell it; of several numbers, as HubSpot lists companies, the
    first counts.
    """
    plain = f"trim(regexp_replace({text}, '[\\s\\x{{A0}}]+', ' ', 'g'))"
    several = f"regexp_replace({plain}, {literal(_SEVERAL)}, '\\1')"
    padded = f"lpad({several}, 14, '0')"
    whole = (
        f"CASE WHEN regexp_full_match({several}, {literal(_ACCOUNT)}) THEN {several} || {_case_of(several)} "
        f"WHEN regexp_full_match({several}, {literal(_CNPJ)}) THEN regexp_replace({several}, '[./-]', '', 'g') "
        f"WHEN regexp_full_match({several}, {literal(_SHORT_CNPJ)}) AND {_closes(padded)} THEN {padded} "
        f"ELSE {several} END"
    )
    return f"lower(strip_accents({whole}))"


def _closes(text: str) -> str:
    """SQL: whether the last two of fourteen digits are the check digits of those before them (`check_digits`)."""

    def right(place: int) -> str:
        weights = f"{[float(one) for one in CHECK_WEIGHTS[-place:]]}"
        rest = f"list_inner_product(CAST(string_split({text}, '')[:{place}] AS DOUBLE[]), {weights}) % 11"
        return f"CASE WHEN {rest} < 2 THEN 0 ELSE 11 - {rest} END = CAST({text}[{place + 1}] AS INTEGER)"

    return f"{right(12)} AND {right(13)}"


def _case_of(text: str) -> str:
    """SQL: the three signs Salesforce adds to an id: which of each five before are capitals, as bits."""

    def sign(first: int) -> str:
        signs = (f"substr({text}, {first + place}, 1)" for place in range(5))
        bits = (f"{1 << place} * CAST({one} BETWEEN 'A' AND 'Z' AS INTEGER)" for place, one in enumerate(signs))
        return f"substr({literal(_SIGNS)}, 1 + {' + '.join(bits)}, 1)"

    return " || ".join(sign(first) for first in (1, 6, 11))


def tidy_text(text: str) -> str:
    """What `tidy` says of a text."""
    code = re.sub(_SEVERAL, r"\1", squeeze(text))
    if re.fullmatch(_ACCOUNT, code):
        bits = [sum(sign.isupper() << place for place, sign in enumerate(code[at : at + 5])) for at in (0, 5, 10)]
        code += "".join(_SIGNS[bit] for bit in bits)
    elif re.fullmatch(_CNPJ, code):
        code = re.sub(r"[./-]", "", code)
    elif re.fullmatch(_SHORT_CNPJ, code):
        code = whole_cnpj(code)
    return unaccent(code).lower()


def key_of(system: str, code: str, taken: set[str]) -> str:
    """Six letters and digits that follow from system and code alone, unless another code has them already."""
    for attempt in range(len(taken) + 1):
        digest = blake2b(f"{system}\x1f{code}\x1f{attempt}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest)
        key = "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))
        if key not in taken and not key.isdigit():
            return key
    raise AssertionError("a key that is not taken comes up among more attempts than keys taken")


def key_sql(system: str, text: str) -> str:
    """SQL: the key of a code; one that nobody registered, or of an account that is no customer, stays as delivered,
    marked so that it is nobody's key."""
    key = f"coalesce(c.customer_id, {text} || {literal(_ACCOUNTS)})"
    found = f"(SELECT {key} FROM {CODES} AS c WHERE c.system = {literal(system)} AND c.code = {tidy(text)})"
    return f"coalesce({found}, {text} || {literal(_NOBODYS)})"


def is_nobodys(key: str) -> str:
    """SQL: whether `key_sql` knew nobody by a code; FALSE where there was none."""
    return f"coalesce(suffix({key}, {literal(_NOBODYS)}), FALSE)"


def is_account(key: str) -> str:
    """SQL: whether `key_sql` knew a code as that of an account that is no customer; FALSE where there was none."""
    return f"coalesce(suffix({key}, {literal(_ACCOUNTS)}), FALSE)"


def account_id(system: str, code: str = "") -> str:
    """What an account of another system is called among prospects; without a code what all of the system begin with."""
    return f"{system}:{code}"


def prospect_sql(system: str, key: str) -> str:
    """SQL: the prospect that an account is which `key_sql` knew as no customer; NULL where there was none."""
    return f"CASE WHEN {is_account(key)} THEN {literal(account_id(system))} || {tidy(code_of(key))} END"


def code_of(key: str) -> str:
    """SQL: the code as delivered, of one that is nobody's or an account's."""
    return f"{key}[:-{len(_NOBODYS) + 1}]"
