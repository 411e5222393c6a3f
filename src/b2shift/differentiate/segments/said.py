"""What people said about the segments: names they gave and the segmentation they prefer; the newest word holds."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import Field

from b2shift.differentiate.lifecycle.scoring import Scoring, scoring_of
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import Lake, append_decision, decisions_in

LONGEST = 60


class GivenName(Contract):
    """A name a person gave a segment; an empty one gives the name back to the product."""

    segment_id: str
    name: str = Field(max_length=LONGEST)
    by: str = Field(min_length=1, description="who decided")
    at: datetime


class Preference(Contract):
    """The segmentation a person wants, by kind and number of segments; none (0) leaves the choice to the product."""

    algorithm: str = ""
    k: int = 0
    reason: str = Field("", max_length=300)
    by: str = Field(min_length=1, description="who decided")
    at: datetime


@dataclass(frozen=True)
class Said:
    """What holds: name by segment, the preference if there is one, and how purchases are scored."""

    names: dict[str, str] = field(default_factory=dict)
    preference: Preference | None = None
    scoring: Scoring = field(default_factory=Scoring)


def said(home: Path) -> Said:
    """What people said in a home; StateError when a journal is damaged, InputError for an `rfm.yaml` that is wrong."""
    names = {one.segment_id: one.name for one in decisions_in(_names(home), GivenName)}
    preference = next(reversed(list(decisions_in(_preferences(home), Preference))), None)
    wish = preference if preference and preference.k else None
    return Said({key: name for key, name in names.items() if name}, wish, scoring_of(home))


def rename(lake: Lake, home: Path, segment_id: str, name: str, *, by: str, at: datetime) -> GivenName:
    """Keep a name for a segment, from the next run on; raises for one that another segment has."""
    told = lake.query("SELECT segment_id, name FROM segment_catalogue").to_pydict()
    known = dict(zip(told["segment_id"], told["name"], strict=True)) | said(home).names
    if segment_id not in known:
        raise UnknownNameError("segmento", segment_id, known)
    name = " ".join(name.split())
    if len(name) > LONGEST:
        raise InputError("O nome é longo demais", value=len(name), hint=f"Use até {LONGEST} letras")
    other = next((key for key, text in known.items() if text.lower() == name.lower() and key != segment_id), None)
    if name and other:
        raise InputError("Outro segmento já tem este nome", value=f"{name} ({other})", hint="Dê um nome diferente")
    given = GivenName(segment_id=segment_id, name=name, by=by, at=at)
    append_decision(_names(home), given)
    return given


def prefer(lake: Lake, home: Path, algorithm: str, k: int, *, reason: str, by: str, at: datetime) -> Preference:
    """Keep the wish for a candidate of the last selection, from the next run on; k=0 takes the wish back."""
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
