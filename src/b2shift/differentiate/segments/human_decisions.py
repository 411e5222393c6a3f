"""Human decisions on segments: names given and the preferred segmentation; the newest holds."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import Field

from b2shift.differentiate.lifecycle.rfm_config import RfmConfig, rfm_config_of
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import Lake, append_decision, decisions_in

MAX_NAME_LENGTH = 60


class GivenName(Contract):
    """A name given to a segment; an empty one returns naming to the product."""

    segment_id: str
    name: str = Field(max_length=MAX_NAME_LENGTH)
    by: str = Field(min_length=1, description="who decided")
    at: datetime


class Preference(Contract):
    """The segmentation a person prefers, by algorithm and k; k = 0 returns the choice to the product."""

    algorithm: str = ""
    k: int = 0
    reason: str = Field("", max_length=300)
    by: str = Field(min_length=1, description="who decided")
    at: datetime


@dataclass(frozen=True)
class SegmentDecisions:
    """Decisions in force: name by segment, the preference if any, and how purchases are scored."""

    names: dict[str, str] = field(default_factory=dict)
    preference: Preference | None = None
    rfm_config: RfmConfig = field(default_factory=RfmConfig)


def read_decisions(home: Path) -> SegmentDecisions:
    """Decisions in a home; StateError when a journal is damaged, InputError for an invalid `rfm.yaml`."""
    names = {decision.segment_id: decision.name for decision in decisions_in(_names(home), GivenName)}
    preference = next(reversed(list(decisions_in(_preferences(home), Preference))), None)
    wanted = preference if preference and preference.k else None
    return SegmentDecisions({key: name for key, name in names.items() if name}, wanted, rfm_config_of(home))


def rename(lake: Lake, home: Path, segment_id: str, name: str, *, by: str, at: datetime) -> GivenName:
    """Record a name for a segment, from the next run on; raises for a name that another segment has."""
    catalogue = lake.query("SELECT segment_id, name FROM segment_catalogue").to_pydict()
    known = dict(zip(catalogue["segment_id"], catalogue["name"], strict=True)) | read_decisions(home).names
    if segment_id not in known:
        raise UnknownNameError("segmento", segment_id, known)
    name = " ".join(name.split())
    if len(name) > MAX_NAME_LENGTH:
        raise InputError("O nome é longo demais", value=len(name), hint=f"Use até {MAX_NAME_LENGTH} letras")
    other = next((key for key, text in known.items() if text.lower() == name.lower() and key != segment_id), None)
    if name and other:
        raise InputError("Outro segmento já tem este nome", value=f"{name} ({other})", hint="Dê um nome diferente")
    given = GivenName(segment_id=segment_id, name=name, by=by, at=at)
    append_decision(_names(home), given)
    return given


def prefer(lake: Lake, home: Path, algorithm: str, k: int, *, reason: str, by: str, at: datetime) -> Preference:
    """Record the preference for a candidate of the last selection, from the next run on; k=0 withdraws it."""
    if k:
        rows = lake.query(
            "SELECT algorithm, k, view, meets_floor FROM segment_models WHERE view = "
            "(SELECT any_value(view) FROM segment_models WHERE chosen)"
        ).to_pylist()
        fit = {f"{row['algorithm']} {row['k']}" for row in rows if row["meets_floor"]}
        if f"{algorithm} {k}" not in fit:
            raise UnknownNameError("segmentação", f"{algorithm} {k}", fit)
        if not reason.strip():
            raise InputError("Falta a razão da escolha", hint="Diga por que esta segmentação serve melhor")
    preference = Preference(algorithm=algorithm if k else "", k=k, reason=reason.strip(), by=by, at=at)
    append_decision(_preferences(home), preference)
    return preference


def _names(home: Path) -> Path:
    return home / "decisions" / "segment_names.jsonl"


def _preferences(home: Path) -> Path:
    return home / "decisions" / "segmentations.jsonl"
