"""The fitted segmentation as rows of `segment_model`, and back: what keeps keys, names and edges from run to run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.differentiate.lifecycle.rfm import Edges
from b2shift.differentiate.segments.distinct import Floats
from b2shift.differentiate.segments.identity import Past
from b2shift.differentiate.segments.names import Name
from b2shift.differentiate.segments.space import Space
from b2shift.lake.api import Session

FORMAT = 1


@dataclass(frozen=True)
class Remembered:
    """What the version before knew."""

    past: Past
    edges: Edges


def told(
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
    """The rows to store; `centres` are means of the view's columns, `space` projects them."""
    rows: dict[str, object] = {
        "format": FORMAT,
        "keys": keys,
        "names": [{"text": name.text, "traits": name.traits} for name in names],
        "centres": centres.tolist(),
        "columns": columns,
        "next_number": next_number,
        "space": {"mean": space.mean.tolist(), "scale": space.scale.tolist(), "axes": space.axes.tolist()},
        "cuts": dict(cuts),
        "rfm": {"values": dict(edges.values), "shares": dict(edges.shares), "learned_as": edges.learned_as},
    }
    return pa.table({"key": list(rows), "value": [json.dumps(value, ensure_ascii=False) for value in rows.values()]})


def stored(session: Session) -> dict[str, Any]:
    """What the rows of `segment_model` say, by key."""
    rows = session.query("SELECT key, value FROM segment_model").to_pylist()
    return {row["key"]: json.loads(row["value"]) for row in rows}


def remembered(session: Session) -> Remembered | None:
    """The segmentation of the base version; None when there is none or it was stored in another form."""
    if not (session.has("segment_model") and session.has("segments")):
        return None
    held = stored(session)
    if held.get("format") != FORMAT:
        return None
    people = session.query("SELECT customer_id, segment_id, x, y, as_of FROM segments").to_pydict()
    past = Past(
        keys=tuple(held["keys"]),
        names=tuple(Name(name["text"], tuple(name["traits"])) for name in held["names"]),
        centres=np.array(held["centres"], np.float64),
        columns=tuple(held["columns"]),
        next_number=held["next_number"],
        members=dict(zip(people["customer_id"], people["segment_id"], strict=True)),
        positions=dict(zip(people["customer_id"], zip(people["x"], people["y"], strict=True), strict=True)),
        as_of=people["as_of"][0] if people["as_of"] else None,
    )
    learned = {name: {k: tuple(v) for k, v in held["rfm"][name].items()} for name in ("values", "shares")}
    learned_as = held["rfm"].get("learned_as", Edges.learned_as)
    return Remembered(past, Edges(learned["values"], learned["shares"], learned_as))
