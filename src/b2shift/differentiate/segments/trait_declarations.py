"""traits.yaml, parsed and validated: the variables that describe a customer, and the words for each level."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError

from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import SchemaError
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml

PATH = Path(__file__).with_name("traits.yaml")


class Level(Contract):
    """One level of a variable, with its pt-BR words."""

    key: str
    phrase: str = Field(description="pt-BR, what it says of customers")
    values: tuple[str | bool, ...] = ()
    upto: float | None = None
    noun: str | None = Field(None, description="pt-BR, what it calls a segment")
    fragment: str | None = Field(None, description="pt-BR, what it adds to the name of a segment")
    plural: bool = False
    lead: bool = False


class Variable(Contract):
    """A customer variable with at most one level per customer."""

    name: str
    feature: str = ""
    present: str | None = Field(None, description="boolean feature: where false, the customer has no value")
    theme: str
    clusters: bool = False
    ordered: bool = False
    zero_is_missing: bool = False
    quantiles: tuple[float, ...] = ()
    missing: Level | None = None
    levels: tuple[Level, ...]

    @property
    def source(self) -> str:
        """The column of `features` it reads."""
        return self.feature or self.name

    @property
    def numeric(self) -> bool:
        """Whether levels are number ranges rather than named values."""
        return not self.levels[0].values


def parse(text: str) -> tuple[Variable, ...]:
    """Variables in YAML, checked; raises SchemaError with the variable at fault."""
    variables = tuple(_variable(entry) for entry in parse_yaml(text))
    for variable in variables:
        if variable.numeric and len(variable.levels) != _level_count(variable):
            raise SchemaError(
                "Uma variável não tem tantos níveis quantos os seus cortes fazem",
                value=variable.name,
                hint="Todo nível menos o último pede `upto`, ou a variável `quantiles`; corrija traits.yaml",
            )
    return variables


@lru_cache(maxsize=1)
def declared_variables() -> tuple[Variable, ...]:
    """The product's own traits.yaml."""
    return parse(PATH.read_text(encoding="utf-8"))


def _variable(entry: dict[str, object]) -> Variable:
    try:
        return Variable.model_validate(entry)
    except ValidationError as error:
        raise SchemaError(
            "Uma variável está declarada errado",
            value=entry.get("name"),
            hint=f"Corrija traits.yaml: {told(faults(error, Variable, {'levels': Level}))}",
        ) from error


def _level_count(variable: Variable) -> int:
    if variable.quantiles:
        return len(variable.quantiles) + 1
    return sum(level.upto is not None for level in variable.levels) + 1
