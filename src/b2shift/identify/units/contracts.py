"""One business unit, all of a house, and their versions."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator

from b2shift.kernel.contract import Contract

LONGEST_KEY, LONGEST_KEYS = 16, 80
"""Characters of a key, and of every key with a bar around each: the records keep the units of a customer so."""
UnitKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=LONGEST_KEY)]
"""Code of a business unit; which there are is what the house declares."""
Family = Annotated[str, Field(min_length=1, max_length=80)]


class Unit(Contract):
    """A part of the house that serves customers."""

    key: UnitKey = Field(description="code, as records and policies name it")
    name: str = Field(min_length=1, max_length=40, description="a brand: not translated")
    families: tuple[Family, ...] = Field((), max_length=200, description="product families it serves")
    default: bool = Field(False, description="serves all other families, and customers without one")


class Units(Contract):
    """The units of a house: each key and name once, each family in one of them, exactly one the default."""

    units: tuple[Unit, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "Units":
        for what, values in (
            ("duas unidades com o mesmo código", self.keys),
            ("duas unidades com o mesmo nome", tuple(one.name.strip().casefold() for one in self.units)),
            ("a mesma família em mais de um lugar", tuple(f for one in self.units for f in one.families)),
        ):
            if twice := sorted(value for value, times in Counter(values).items() if times > 1):
                raise ValueError(f"{what}: {', '.join(twice)}")
        defaults = [one.key for one in self.units if one.default]
        if len(defaults) != 1:
            found = f"mais de uma: {', '.join(defaults)}" if defaults else "nenhuma"
            raise ValueError(f"uma unidade, e só uma, precisa de default: true; agora {found}")
        if len(f"|{'|'.join(self.keys)}|") > LONGEST_KEYS:
            raise ValueError(f"os códigos das unidades somam letras demais; todos juntos cabem em {LONGEST_KEYS}")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """Their codes, as declared."""
        return tuple(one.key for one in self.units)

    @property
    def names(self) -> dict[str, str]:
        """Key → name."""
        return {one.key: one.name for one in self.units}

    @property
    def default(self) -> Unit:
        """The one that serves whatever no other does."""
        return next(one for one in self.units if one.default)

    @property
    def unit_of_family(self) -> dict[str, str]:
        """Family → key of its unit; what is not here has the default."""
        return {family: one.key for one in self.units for family in one.families}

    def serving(self, families: Iterable[str]) -> tuple[str, ...]:
        """Keys of the units that serve a customer with these families, by name; the default's for one without any."""
        keys = {self.unit_of_family.get(family, self.default.key) for family in families}
        return tuple(sorted(keys)) or (self.default.key,)


class UnitsVersion(Contract):
    """Units a house kept; `changes` from those before."""

    number: int
    kept_at: datetime | None
    units: int
    changes: tuple[str, ...]
    in_force: bool
