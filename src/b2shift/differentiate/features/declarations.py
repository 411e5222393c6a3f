"""features.yaml, read and checked."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import SchemaError, UnknownNameError
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml

PATH = Path(__file__).with_name("features.yaml")
TYPES = {
    "boolean": "BOOLEAN",
    "category": "VARCHAR",
    "date": "DATE",
    "days": "DOUBLE",
    "decimal": "DOUBLE",
    "integer": "BIGINT",
    "list": "VARCHAR[]",
    "money": "DOUBLE",
    "percent": "DOUBLE",
}
DERIVED = "derived"
KNOWN = "known"


class Block(Contract):
    """Dated rows of one table; its features are aggregates of them by customer."""

    source: str
    rows: str = ""


class Feature(Contract):
    """One column: where its rows come from and the expression over them."""

    name: str
    label: str = ""
    meaning: str = ""
    block: str
    step: int = 1
    family: str
    window: str | None = None
    unit: str | None = None
    format: str
    value: str
    absent: bool | int | None = None
    snapshot: bool = False
    personal: str = "none"

    @property
    def published(self) -> bool:
        """Columns whose name starts with _ are steps of others."""
        return not self.name.startswith("_")


class Declarations(Contract):
    """All of features.yaml."""

    blocks: dict[str, Block]
    features: tuple[Feature, ...]

    def of_block(self, block: str) -> tuple[Feature, ...]:
        """The features computed from one block."""
        return tuple(feature for feature in self.features if feature.block == block)

    def only(self, names: Collection[str]) -> "Declarations":
        """These features and those they are derived from; UnknownNameError for a name that is none."""
        known = {feature.name: feature for feature in self.features}
        for name in names:
            if name not in known:
                raise UnknownNameError("atributo", name, known)
        needed = set(names)
        for feature in reversed(self.features):  # what a feature is derived from is declared before it
            if feature.name in needed and feature.block == DERIVED:
                needed |= known.keys() & words_of([feature])
        return self.model_copy(update={"features": tuple(one for one in self.features if one.name in needed)})

    def labels(self) -> dict[str, str]:
        """What people call each published feature."""
        return {one.name: one.label for one in self.published()}

    def published(self) -> tuple[FeatureDeclaration, ...]:
        """What the rest of the product may know of each published feature."""
        sources = {name: block.source for name, block in self.blocks.items()} | {DERIVED: DERIVED}
        shared = set(FeatureDeclaration.model_fields) - {"source"}
        return tuple(
            FeatureDeclaration(source=sources[feature.block], **feature.model_dump(include=shared))
            for feature in self.features
            if feature.published
        )


def words_of(features: Iterable[Feature]) -> set[str]:
    """Every word of the features' expressions, the names of the features they look at among them."""
    return set(re.findall(r"\w+", " ".join(feature.value for feature in features)))


def parse(text: str) -> Declarations:
    """Declarations in YAML, checked; raises SchemaError or UnknownNameError with the feature at fault."""
    raw = parse_yaml(text)
    blocks = {name: Block.model_validate(block) for name, block in raw["blocks"].items()}
    families = {family["key"] for family in raw["families"]}
    features = tuple(feature for entry in raw["features"] for feature in _expanded(entry))
    seen: set[str] = set()
    for feature in features:
        _check(feature, blocks, families, seen)
        seen.add(feature.name)
    return Declarations(blocks=blocks, features=features)


@lru_cache(maxsize=1)
def declarations() -> Declarations:
    """The product's own features.yaml."""
    return parse(PATH.read_text(encoding="utf-8"))


def _expanded(entry: dict[str, Any]) -> list[Feature]:
    each = entry.pop("each", [{}])
    words = ("name", "label", "value")
    try:
        return [
            Feature.model_validate({**entry, **({word: entry[word].format(**one) for word in words} if one else {})})
            for one in each
        ]
    except ValidationError as error:
        raise SchemaError(
            "Um atributo está declarado errado",
            value=entry.get("name"),
            hint=f"Corrija features.yaml: {told(faults(error, Feature))}",
        ) from error


def _check(feature: Feature, blocks: dict[str, Block], families: set[str], seen: set[str]) -> None:
    if feature.name in seen:
        raise SchemaError("Um atributo está declarado duas vezes", value=feature.name, hint="Tire um de features.yaml")
    if feature.block != DERIVED and feature.block not in blocks:
        raise UnknownNameError("bloco de linhas", feature.block, [*blocks, DERIVED])
    if feature.format not in TYPES:
        raise UnknownNameError("formato", feature.format, TYPES)
    if feature.family not in families:
        raise UnknownNameError("família de atributos", feature.family, families)
    if feature.published and not (feature.label and feature.meaning):
        raise SchemaError(
            "Falta label ou meaning a um atributo", value=feature.name, hint="Diga ambos em features.yaml"
        )
