"""Where the model is and what it may cost, from the environment; without B2SHIFT_MODEL_URL there is none.

B2SHIFT_MODEL_URL, B2SHIFT_MODEL_PROTOCOL (openai, gemini), B2SHIFT_MODEL_NAME, B2SHIFT_MODEL_KEY,
B2SHIFT_MODEL_SECONDS, B2SHIFT_MODEL_TOKENS_PER_PERSON, B2SHIFT_MODEL_TOKENS_PER_DAY, B2SHIFT_MODEL_COST_PER_DAY,
B2SHIFT_MODEL_PRICE_IN and B2SHIFT_MODEL_PRICE_OUT (of a million tokens, in the currency of the limit).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import ValidationError

from b2shift.insight.api import ModelEndpoint

_HERE = {"127.0.0.1", "localhost", "::1"}
_MILLION = 1_000_000


@dataclass(frozen=True)
class Budget:
    """What a day may cost. Money in millionths, so that sums are exact; None sets no limit."""

    tokens_of_person: int = 100_000
    tokens_of_day: int = 1_000_000
    cost_of_day: int | None = None
    price_in: int = 0
    price_out: int = 0

    def cost(self, tokens_in: int, tokens_out: int) -> int:
        """Millionths that tokens cost, rounded up."""
        return -(-(tokens_in * self.price_in + tokens_out * self.price_out) // _MILLION)


@dataclass(frozen=True)
class SecondReader:
    """A model and its budget."""

    at: ModelEndpoint
    budget: Budget


def second_reader(env: Mapping[str, str] = os.environ) -> SecondReader | None:
    """The model the environment names, or none. ImproperlyConfigured says which variable is wrong, never its secret."""
    url = env.get("B2SHIFT_MODEL_URL", "").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _HERE:
        raise ImproperlyConfigured("B2SHIFT_MODEL_URL deve começar com https://: perguntas não saem sem cifra")
    try:
        at = ModelEndpoint.model_validate(
            {
                "protocol": env.get("B2SHIFT_MODEL_PROTOCOL", "openai").strip(),
                "url": url,
                "name": env.get("B2SHIFT_MODEL_NAME", "").strip(),
                "key": env.get("B2SHIFT_MODEL_KEY", "").strip(),
                "seconds": env.get("B2SHIFT_MODEL_SECONDS", "8").strip(),
            }
        )
    except ValidationError as error:
        field = str(error.errors(include_input=False)[0]["loc"][0]).upper()
        raise ImproperlyConfigured(f"B2SHIFT_MODEL_{field} falta ou tem um valor que não serve") from error
    return SecondReader(at, _budget(env))


def _budget(env: Mapping[str, str]) -> Budget:
    cost = env.get("B2SHIFT_MODEL_COST_PER_DAY", "").strip()
    usual = Budget()
    budget = Budget(
        tokens_of_person=_whole(env, "B2SHIFT_MODEL_TOKENS_PER_PERSON", usual.tokens_of_person),
        tokens_of_day=_whole(env, "B2SHIFT_MODEL_TOKENS_PER_DAY", usual.tokens_of_day),
        cost_of_day=_money(env, "B2SHIFT_MODEL_COST_PER_DAY") if cost else None,
        price_in=_money(env, "B2SHIFT_MODEL_PRICE_IN"),
        price_out=_money(env, "B2SHIFT_MODEL_PRICE_OUT"),
    )
    if budget.cost_of_day is not None and not (budget.price_in and budget.price_out):
        raise ImproperlyConfigured("B2SHIFT_MODEL_COST_PER_DAY precisa de B2SHIFT_MODEL_PRICE_IN e _PRICE_OUT")
    return budget


def _whole(env: Mapping[str, str], name: str, usual: int) -> int:
    text = env.get(name, "").strip() or str(usual)
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"{name} deve ser um número inteiro, e não {text!r}")
    return int(text[:15])


def _money(env: Mapping[str, str], name: str) -> int:
    text = env.get(name, "").strip() or "0"
    try:
        value = float(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} deve ser um número como 2.50, e não {text!r}") from error
    if not 0 <= value < _MILLION:
        raise ImproperlyConfigured(f"{name} deve ser de 0 a 999999, e não {text!r}")
    return round(value * _MILLION)
