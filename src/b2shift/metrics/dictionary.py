"""Reading the dictionary from its YAML, once per process."""

from functools import lru_cache
from importlib import resources
from typing import Any

from b2shift.kernel.errors import UnknownNameError
from b2shift.kernel.yaml import parse_yaml
from b2shift.metrics.contracts import Dictionary, Dimension, Metric, OwnMetric, Words
from b2shift.metrics.own.formula import read_formula
from b2shift.metrics.own.in_force import own_metrics
from b2shift.metrics.own.soundness import kind_of


def load_dictionary() -> Dictionary:
    """The dictionary of the product, with the own metrics in force."""
    return _extended(own_metrics())


@lru_cache(maxsize=8)
def _extended(own: tuple[OwnMetric, ...]) -> Dictionary:
    product = product_dictionary()
    added = {one.name: _as_metric(one, product.metrics) for one in own}
    return product.model_copy(update={"metrics": {**product.metrics, **added}}) if own else product


def _as_metric(one: OwnMetric, known: dict[str, Metric]) -> Metric:
    kind = kind_of(read_formula(one.formula), known)
    return Metric(
        name=one.name,
        label=one.label,
        label_en=one.en[0] if one.en else "",
        definition=one.definition,
        words=Words(pt=(one.label, *one.pt), en=one.en),
        unit=one.unit,
        direction=one.direction,
        additivity=kind.additivity or "ratio",
        owner=one.owner,
        default_period=one.default_period,
        bounds=(one.low, one.high),
        attention=one.attention,
        formula=one.formula,
        own=True,
        examples=one.examples,
    )


@lru_cache(maxsize=1)
def product_dictionary() -> Dictionary:
    """The dictionary the product brings."""
    folder = resources.files("b2shift.metrics")
    return read_dictionary(
        (folder / "metrics.yaml").read_text("utf-8"), (folder / "dimensions.yaml").read_text("utf-8")
    )


def read_dictionary(metrics: str, dimensions: str) -> Dictionary:
    """A dictionary from the text of its two files; pydantic's ValidationError names what is wrong and where."""
    measured, split = parse_yaml(metrics), parse_yaml(dimensions)
    english = measured["owners"]
    for told in measured["metrics"].values():
        told["owner_en"] = english.get(told["owner"], "")
    return Dictionary(
        version=str(measured["version"]),
        metrics={name: Metric(name=name, **_named(told)) for name, told in measured["metrics"].items()},
        dimensions={name: Dimension(name=name, **_named(told)) for name, told in split["dimensions"].items()},
        absent=measured["absent"],
    )


def metric(name: str) -> Metric:
    """A metric by name; UnknownNameError offers the nearest ones."""
    known = load_dictionary().metrics
    if name not in known:
        raise UnknownNameError("métrica", name, known)
    return known[name]


def _named(declared: dict[str, Any]) -> dict[str, Any]:
    words = {"pt": declared.pop("pt"), "en": declared.pop("en", ())}
    if "bounds" in declared:
        declared = {**declared, "bounds": tuple(declared["bounds"])}
    return (
        {**declared, "words": words, "values": {str(k): tuple(v or ()) for k, v in declared["values"].items()}}
        if ("values" in declared)
        else {**declared, "words": words}
    )
