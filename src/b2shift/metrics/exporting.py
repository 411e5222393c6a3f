"""The dictionary as a document that other programs read: everything it says of each metric and dimension."""

import json
from typing import Any

import yaml

from b2shift.metrics.contracts import Dictionary, Metric
from b2shift.metrics.dictionary import load_dictionary
from b2shift.metrics.measures import facets_of, has_data

FORMATS = ("yaml", "json")


def dimensions_of(metric: Metric) -> tuple[str, ...]:
    """The dimensions a metric can be split by; none where nobody delivers it."""
    own = facets_of(metric.name)
    names = load_dictionary().dimensions
    return tuple(d for d in names if has_data(metric.name) and d not in metric.not_by and (has_data(d) or d in own))


def dictionary_text(form: str) -> str:
    """The dictionary in force as `yaml` or `json`."""
    document = _document(load_dictionary())
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120))


def _document(dictionary: Dictionary) -> dict[str, Any]:
    return {
        "version": dictionary.version,
        "metrics": [_metric(one) for one in dictionary.metrics.values()],
        "dimensions": [
            {
                "name": one.name,
                "label": one.label,
                "kind": one.kind,
                "data": has_data(one.name),
                "synonyms": {"pt": list(one.words.pt), "en": list(one.words.en)},
                "values": {value: list(said) for value, said in one.values.items()},
            }
            for one in dictionary.dimensions.values()
        ],
        "absent": {topic: list(words) for topic, words in dictionary.absent.items()},
    }


def _metric(one: Metric) -> dict[str, Any]:
    document = one.model_dump(mode="json", exclude={"words", "bounds", "not_by"})
    low, high = one.bounds
    return {
        **document,
        "data": has_data(one.name),
        "synonyms": {"pt": list(one.words.pt), "en": list(one.words.en)},
        "bounds": {"low": low, "high": high},
        "dimensions": list(dimensions_of(one)),
    }
