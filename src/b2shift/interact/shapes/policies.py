"""The policy of a house: archetypes, rules, and the limits they live in."""

from pydantic import Field

from b2shift.interact.shapes.guarding import Limits
from b2shift.interact.shapes.rules import Archetype, Kind, Name, OwnerRole, Rule, Slug, Text
from b2shift.kernel.contract import Contract

_WORDS = {
    "rules": "regra",
    "archetypes": "arquétipo",
    "caps": "limite",
    "capacities": "capacidade",
    "limits": "proteção",
}


class Cap(Contract):
    """How many open proposals of a group one customer may have, and how many contacts in any 30 days."""

    group: Slug
    open_per_customer: int = Field(ge=1, le=20)
    account_30d: int | None = Field(None, ge=1, le=100, description="contacts of the customer in any 30 days, at most")
    person_30d: int | None = Field(None, ge=1, le=100, description="contacts of one person in any 30 days, at most")


class Capacity(Contract):
    """What the people of a role can do in a week."""

    role: OwnerRole
    people: int = Field(ge=0, le=100_000)
    weekly: int = Field(ge=1, le=500, description="contacts that one of them makes in a week")


class Silence(Contract):
    """Kinds of contact that wait while another kind is open for the customer."""

    drop: tuple[Kind, ...] = Field(min_length=1)
    during: tuple[Kind, ...] = Field(min_length=1)
    because: Text


class Policy(Contract):
    """The contact rules in force, with their limits."""

    version: str = Field(min_length=1, max_length=64)
    name: Name
    horizon_days: int = Field(30, ge=1, le=120, description="how far ahead contacts are proposed")
    themes: tuple[Slug, ...] = Field(min_length=1)
    caps: tuple[Cap, ...] = Field(min_length=1)
    silences: tuple[Silence, ...] = ()
    capacities: tuple[Capacity, ...] = Field((), description="empty: people are not counted")
    archetypes: tuple[Archetype, ...] = Field(min_length=1)
    limits: Limits | None = Field(None, description="what no contact may pass; None: the product's own")
    rules: tuple[Rule, ...] = Field(min_length=1)


class PolicySetting(Contract):
    """One value of a policy that people change by itself."""

    name: str = Field(description="where it stands: `caps.0.account_30d`")
    field: str = Field(description="the same for every item: `caps.*.account_30d`")
    value: object = Field(None, description="a number, a list of words, or None where nothing is said")
    of: dict[str, object] = Field({}, description="the item it belongs to")


class FieldChange(Contract):
    """One field of a thing, before and after; lists and groups as they are written."""

    name: str
    before: object = None
    after: object = None


class PolicyChange(Contract):
    """One thing that one policy has and another has not, or has otherwise."""

    section: str = Field(description="field of the policy; empty for the policy itself")
    key: str = Field("", description="which of the section's things")
    sign: str = Field("~", description="+ added, - removed, ~ changed")
    fields: tuple[FieldChange, ...] = ()

    @property
    def line(self) -> str:
        """The change as one line of text, with the names of the file."""
        fields = "; ".join(f"{one.name}: {one.before} → {one.after}" for one in self.fields)
        if not self.section:
            return fields
        if not self.key and not fields:
            return f"{self.section} mudou"
        thing = " ".join(part for part in (_WORDS.get(self.section, self.section), self.key) if part)
        return f"{self.sign} {thing}: {fields}" if fields else f"{self.sign} {thing}"
