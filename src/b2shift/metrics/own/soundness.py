"""Whether a formula has a right number: the units of its parts, and whether they add up over time."""

from typing import NamedTuple

from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.metrics.contracts import Additivity, Metric
from b2shift.metrics.own.formula import Formula


class Kind(NamedTuple):
    """The unit of a formula (None: whatever its author says) and how it goes over time (None: a constant)."""

    unit: str | None
    additivity: Additivity | None


def kind_of(formula: Formula, known: dict[str, Metric]) -> Kind:
    """The kind of a formula over known metrics.

    Raises UnknownNameError for a metric nobody declared, InputError where levels and flows or different units add up.
    """
    if formula.number is not None:
        return Kind(None, None)
    if formula.metric:
        if formula.metric not in known:
            raise UnknownNameError("métrica", formula.metric, known)
        one = known[formula.metric]
        return Kind(one.unit, "semi_additive" if one.additivity == "distinct" else one.additivity)
    left, right = (kind_of(part, known) for part in formula.parts)
    if formula.sign in "+-":
        return _added(left, right)
    return _multiplied(left, right, formula.sign)


def _multiplied(left: Kind, right: Kind, sign: str) -> Kind:
    """A constant changes nothing; two metrics make a ratio."""
    if right.additivity is None:
        return left
    return right if left.additivity is None and sign == "*" else Kind(None, "ratio")


def _added(left: Kind, right: Kind) -> Kind:
    if left.additivity is None or right.additivity is None:
        return Kind(None, None) if left == right else Kind((left.unit or right.unit), "ratio")
    if left.additivity != right.additivity:
        hint = "Some fluxos com fluxos (MRR perdido, expansão) e níveis com níveis (MRR, clientes ativos)"
        raise InputError("Um nível e um fluxo não se somam", value="soma ou diferença", hint=hint)
    if left.unit and right.unit and left.unit != right.unit:
        raise InputError(
            "Unidades diferentes não se somam", value=f"{left.unit} e {right.unit}", hint="Divida uma pela outra"
        )
    return Kind(left.unit or right.unit, left.additivity)
