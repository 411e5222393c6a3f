"""The purposes personal data is held for, each with its legal basis (LGPD, arts. 7º e 10)."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.kernel.yaml import parse_yaml

_FILE = Path(__file__).with_name("purposes.yaml")


class Basis(StrEnum):
    """A legal basis of art. 7º."""

    CONSENT = "consentimento"
    CONTRACT = "execucao_de_contrato"
    LEGITIMATE_INTEREST = "legitimo_interesse"
    LEGAL_DUTY = "obrigacao_legal"
    RIGHTS = "exercicio_de_direitos"


class DataPurpose(Contract):
    """What personal data is for, why that is lawful, and for how long."""

    purpose: str = Field(pattern=r"^[a-z_]{3,40}$")
    title: str
    about: str
    basis: Basis
    article: str
    balance: str = Field("", description="the test of art. 10, for a legitimate interest")
    asks: bool = Field(description="whether a channel of art. 8º needs consent before a message of this purpose")
    months: int = Field(ge=1, description="months the data may stay after the relation ends")
    shared_with: tuple[str, ...] = ()


@cache
def purposes() -> tuple[DataPurpose, ...]:
    """Every purpose, in the order of the file."""
    return tuple(DataPurpose.model_validate(one) for one in parse_yaml(_FILE.read_text(encoding="utf-8")))
