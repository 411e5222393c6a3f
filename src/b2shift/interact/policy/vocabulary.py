"""The names a rule may use: every metric with its words, its format and the values it can have."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from b2shift.differentiate.api import feature_declarations
from b2shift.kernel.contract import Contract
from b2shift.kernel.yaml import parse_yaml

_WORDS = Path(__file__).with_name("metrics.yaml")
_FEATURES = "features"
USAGE_FAMILY = "uso"
SCORE_FAMILY = "scores"


class Metric(Contract):
    """One number or category of a customer, in the words of a reason."""

    name: str
    label: str
    format: str
    source: str
    family: str
    unit: tuple[str, str] | None = None
    """Singular and plural, written after the value."""
    phrase: str
    """What the customer does or has, `{value}` in its place; the subject is `O cliente`."""
    negated: str = ""
    """The same when a yes/no metric is no."""
    none: str = ""
    """The same when a count is zero; empty where the zero is said."""
    lowest: float | None = None
    highest: float | None = None
    values: tuple[str, ...] = ()
    """The words a category can be; empty when they are open."""
    remembered: bool = False
    """Whether earlier months are known, so that hysteresis can be decided."""

    @property
    def numeric(self) -> bool:
        """Whether bounds make sense."""
        return self.format in {"decimal", "integer", "percent", "money", "days"}


def relations() -> dict[str, Any]:
    """What one metric says of others: the sections `implies` and `scales` of metrics.yaml."""
    declared = parse_yaml(_WORDS.read_text(encoding="utf-8"))
    return {"implies": declared["implies"], "scales": declared["scales"]}


@lru_cache(maxsize=1)
def metrics() -> dict[str, Metric]:
    """Every metric a condition may name."""
    declared = parse_yaml(_WORDS.read_text(encoding="utf-8"))
    found: dict[str, Metric] = {}
    for feature in feature_declarations():
        words = declared["features"].get(feature.name, {})
        found[feature.name] = Metric.model_validate(
            {
                "name": feature.name,
                "label": feature.label,
                "format": feature.format,
                "source": _FEATURES,
                "family": feature.family,
                "phrase": _phrase(feature.label, feature.format),
                "negated": f"não tem o indicador “{feature.label}”",
                "lowest": 0 if feature.format in {"integer", "days", "money"} else None,
                **words,
            }
        )
    for source in ("scores", "customers"):
        for name, words in declared[source].items():
            family = SCORE_FAMILY if source == "scores" else "cadastro"
            found[name] = Metric.model_validate({"name": name, "source": source, "family": family, **words})
    return found


def _phrase(label: str, form: str) -> str:
    if form == "boolean":
        return f"tem o indicador “{label}”"
    return f"apresenta {label[:1].lower()}{label[1:]} de {{value}}"
