"""Serialises the fitted segmentation as rows of `segment_model`, and reads the previous one."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.differentiate.lifecycle.rfm import Edges
from b2shift.differentiate.segments.distinct import Floats
from b2shift.differentiate.segments.identity import PreviousSegmentation
from b2shift.differentiate.segments.names import Name
from b2shift.differentiate.segments.space import Space
from b2shift.lake.api import Session

FORMAT = 1


@dataclass(frozen=True)
class PreviousModel:
    """The previous version's segmentation and RFM edges."""

    segmentation: PreviousSegmentation
    edges: Edges


def model_rows(
    *,
    keys: tuple[str, ...],
    names: list[Name],
    centres: Floats,
    columns: tuple[str, ...],
    next_number: int,
    space: Space,
    cuts: Mapping[str, tuple[float, ...]],
    edges: Edges,
) -> pa.Table:
    """Rows to store; `centres` are means of the view's columns, `space` projects them."""
    rows: dict[str, object] = {
        "format": FORMAT,
        "keys": keys,
        "names": [asdict(name) for name in names],
        "centres": centres.tolist(),
        "columns": columns,
        "next_number": next_number,
        "space": {"mean": space.mean.tolist(), "scale": space.scale.tolist(), "axes": space.axes.tolist()},
        "cuts": dict(cuts),
        "rfm": {"values": dict(edges.values), "shares": dict(edges.shares), "learned_as": edges.learned_as},
    }
    return pa.table({"key": list(rows), "value": [json.dumps(value, ensure_ascii=False) for value in rows.values()]})


def stored_model(session: Session) -> dict[str, Any]:
    """Values of `segment_model` by key."""
    rows = session.query("SELECT key, value FROM segment_model").to_pylist()
    return {row["key"]: json.loads(row["value"]) for row in rows}


def previous_model(session: Session) -> PreviousModel | None:
    """The model of the base version; None when there is none or its format differs."""
    if not (session.has("segment_model") and session.has("segments")):
        return None
    values = stored_model(session)
    if values.get("format") != FORMAT:
        return None
    customers = session.query("SELECT customer_id, segment_id, x, y, as_of FROM segments").to_pydict()
    segmentation = PreviousSegmentation(
        keys=tuple(values["keys"]),
        names=tuple(stored_name(**name) for name in values["names"]),
        centres=np.array(values["centres"], np.float64),
        columns=tuple(values["columns"]),
        next_number=values["next_number"],
        members=dict(zip(customers["customer_id"], customers["segment_id"], strict=True)),
        positions=dict(zip(customers["customer_id"], zip(customers["x"], customers["y"], strict=True), strict=True)),
        as_of=customers["as_of"][0] if customers["as_of"] else None,
    )
    learned = {name: {k: tuple(v) for k, v in values["rfm"][name].items()} for name in ("values", "shares")}
    learned_as = values["rfm"].get("learned_as", Edges.learned_as)
    return PreviousModel(segmentation, Edges(learned["values"], learned["shares"], learned_as))


def stored_name(text: str, traits: list[str], without: list[str] | None = None) -> Name:
    """A stored name; of one that a former release stored, each trait may be one it says all are without."""
    return Name(text, tuple(traits), tuple(traits if without is None else without))
