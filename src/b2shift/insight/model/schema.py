"""The JSON schema of a plan, restricted to the names of the dictionary in force."""

from typing import Any, get_args

from b2shift.insight.contracts import Action, Reason
from b2shift.metrics.api import CALCULATIONS, REPORT_FORMATS, SCHEDULES
from b2shift.metrics.contracts import Comparison, Dictionary, Grain, Intent, Op, Order

Schema = dict[str, Any]
OWN_REASONS = frozenset({"two_readings"})
"""Reasons that only the house gives."""


def reply_schema(known: Dictionary) -> Schema:
    """An object with every key required and no others, as strict providers want it."""
    metrics, dimensions = sorted(known.metrics), sorted(known.dimensions)
    fields = [*metrics, *dimensions]
    day = _or_nothing({"type": "string", "description": "YYYY-MM-DD"})
    condition = _object(
        field=_one_of(fields),
        op=_one_of(get_args(Op)),
        values={"type": "array", "items": {"type": "string"}, "description": "numbers as text; two for between"},
    )
    return _object(
        action=_one_of(get_args(Action)),
        reason=_or_nothing(_one_of(r for r in get_args(Reason) if r not in OWN_REASONS)),
        intent=_or_nothing(_one_of(get_args(Intent))),
        metrics={"type": "array", "items": _one_of(metrics)},
        dimensions={"type": "array", "items": _one_of(dimensions)},
        filters={"type": "array", "items": condition},
        start=day,
        end=day,
        grain=_or_nothing(_one_of(get_args(Grain))),
        order_by=_or_nothing({"type": "string", "description": "a metric or dimension; with .change at its end, its change"}),
        order_dir=_or_nothing(_one_of(get_args(Order.model_fields["dir"].annotation))),
        limit=_or_nothing({"type": "integer"}),
        each=_or_nothing(_one_of(dimensions)),
        comparison=_or_nothing(_one_of(get_args(Comparison.model_fields["type"].annotation))),
        comparison_start=day,
        comparison_end=day,
        comparison_field=_or_nothing(_one_of(dimensions)),
        comparison_values={"type": "array", "items": {"type": "string"}},
        calculation=_or_nothing(_one_of(sorted(CALCULATIONS))),
        forecast_start=day,
        forecast_end=day,
        condition={**condition, "type": ["object", "null"]},
        format=_or_nothing(_one_of(sorted(REPORT_FORMATS))),
        schedule=_or_nothing(_one_of(sorted(SCHEDULES))),
    )  # fmt: skip


def as_openapi(schema: Schema) -> Schema:
    """The same in the part of OpenAPI's schema that Gemini takes: `nullable`, types in capitals, no closed objects."""
    out: Schema = {}
    for key, value in schema.items():
        if key == "type":
            kinds = value if isinstance(value, list) else [value]
            out["type"] = next(kind for kind in kinds if kind != "null").upper()
            if "null" in kinds:
                out["nullable"] = True
        elif key == "enum":
            out["enum"] = [one for one in value if one is not None]
        elif key == "properties":
            out["properties"] = {name: as_openapi(one) for name, one in value.items()}
        elif key == "items":
            out["items"] = as_openapi(value)
        elif key != "additionalProperties":
            out[key] = value
    return out


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(values: Any) -> Schema:
    return {"type": "string", "enum": list(values)}


def _or_nothing(schema: Schema) -> Schema:
    nullable = {**schema, "type": [schema["type"], "null"]}
    return {**nullable, "enum": [*schema["enum"], None]} if "enum" in schema else nullable
