"""How purchases are scored, as a company wants it: `rfm.yaml` in its home, else the field's usual way."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml

FILE = "rfm.yaml"


class RfmWeights(Contract):
    """How much frequency and value say of the class beside recency."""

    frequency: float = Field(1, ge=0)
    monetary: float = Field(1, ge=0)

    @model_validator(mode="after")
    def _some(self) -> "RfmWeights":
        if not self.frequency + self.monetary:
            raise ValueError("frequency e monetary não podem ser ambos 0")
        return self

    def mean(self, frequency: int, monetary: int) -> float:
        """The weighted mean of two scores."""
        return (self.frequency * frequency + self.monetary * monetary) / (self.frequency + self.monetary)


class RfmConfig(Contract):
    """All of `rfm.yaml`."""

    bins: Literal["quintiles", "kmeans"] = Field(
        "quintiles", description="fifths of customers, or values near each other"
    )
    window_months: int | None = Field(None, ge=1, description="only purchases of the last months; all when not given")
    weights: RfmWeights = RfmWeights()

    @property
    def learned_as(self) -> str:
        """What the edges between scores depend on: those learned in another way are not used again."""
        return f"{self.bins}, {self.window_months or 'all'}"


def rfm_config_of(home: Path) -> RfmConfig:
    """What a home asks for; InputError for a file that cannot be used."""
    path = home / FILE
    if not path.exists():
        return RfmConfig()
    hint = "Campos: bins (quintiles ou kmeans), window_months (meses), weights (frequency, monetary)"
    try:
        return RfmConfig.model_validate(parse_yaml(path.read_text(encoding="utf-8")) or {})
    except ValidationError as error:
        raise InputError(f"{FILE} não se usa", value=told(faults(error, RfmConfig)), hint=hint) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{FILE} não se lê", value=str(error).splitlines()[0], hint=hint) from error
