"""Hypothetical questions (`e se o preço subir 5%?`): the assumption for the simulator."""

import re

from pydantic import ValidationError

from b2shift.insight.reading.numbers import Amount, amounts
from b2shift.insight.whatif import Assumptions
from b2shift.kernel.text import fold

_SUPPOSES = re.compile(
    r"^(mas |and |but )?(e se|se|what if|what happens if|what would happen if|if|suponha|supondo|suppose|simul\w*|imagin\w* que)\b"
)
_PRICE = re.compile(r"preco|reajust|mensalidade|tabela|price|pricing")
_CHURN = re.compile(r"churn|cancelament|evasao|saida de|perda de (clientes|receita)|cancellation")
_PEOPLE = re.compile(
    r"\bcsms?\b|pessoas?|executivos?|vendedor|atendentes?|people|reps?\b|sellers?|analistas? de sucesso"
)
_UP = re.compile(
    r"aument|sub(ir|isse|irmos|imos|a\b|am\b)|reajust|cresc|eleva|rais|\brose\b|increas|(go(es)?|went) up|grow|a mais|mais\b"
)
_DOWN = re.compile(
    r"reduz|reduc|baix|cai\b|cair|caia|caisse|corta|desc(er|onto)|diminu|cut|lower|drop|decreas|fall|fell|(go(es)?|went) down|reduce|menos"
)
_MORE = re.compile(r"contrat|mais\b|a mais|hire|add\b|trouxer|bring")


def assumption_in(question: str) -> Assumptions | None:
    """The assumption of a question on price, churn or people; None when there is none the simulator knows.

    One assumption: `preço`, `churn` with a percentage and a direction, `people` with a number of people more.
    """
    text = fold(question)
    if not _SUPPOSES.match(text):
        return None
    words = re.findall(r"[a-z]+|\d+(?:[.,]\d+)*|%", text)
    numbers = amounts(words, portuguese=True, taken=set())
    shares = [one for one in numbers if one.unit == "%"] or numbers  # `um desconto de 10%` says one number
    return _assumption(text, shares[0]) if len(shares) == 1 else None


def supposes_a_change(text: str) -> bool:
    """Whether a folded question is hypothetical about a rise or a fall: `e se o churn subir 10%?`."""
    return bool(_SUPPOSES.match(text)) and _direction(text) != 0


def _assumption(text: str, amount: Amount) -> Assumptions | None:
    value = float(amount.value)
    if _PEOPLE.search(text) and not amount.unit and value == int(value) and _MORE.search(text):
        return _validated({"people": value})
    direction = _direction(text)
    if amount.unit != "%" or not direction:
        return None
    if _PRICE.search(text):
        return _validated({"price": direction * value})
    return _validated({"churn": direction * value}) if _CHURN.search(text) else None


def _direction(text: str) -> int:
    """1 up, -1 down, 0 when neither or both."""
    return bool(_UP.search(text)) - bool(_DOWN.search(text))


def _validated(numbers: dict[str, float]) -> Assumptions | None:
    """None outside the range of the simulator."""
    try:
        return Assumptions.model_validate(numbers)
    except ValidationError:
        return None
