"""The stage `journey`: each customer's stage and the facts that put it there."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from b2shift.differentiate.lifecycle.journey import COLUMNS, STAGES, Code, code_of, stage_of
from b2shift.lake.api import Session, load_specs

TABLE = "journey"
CODE_VERSION = 1
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")


def build(session: Session, as_of: date) -> None:
    """Write `journey`, one row a customer, unless it was already made from the same features."""
    with session.stage(TABLE, inputs=["features"], parameters=(CODE_VERSION, as_of)) as stage:
        if stage.stale:
            rows = session.query(f"SELECT customer_id, {', '.join(COLUMNS)} FROM features").to_pylist()
            codes = [code_of(row) for row in rows]
            stages = [stage_of(code) for code in codes]
            table = pa.table(
                {
                    "customer_id": pa.array([row["customer_id"] for row in rows], pa.string()),
                    "as_of": pa.array([as_of] * len(rows), pa.date32()),
                    "phase": pa.array([STAGES[name] for name in stages], pa.string()),
                    "stage": pa.array(stages, pa.string()),
                    "why": pa.array([code_sentence(code) for code in codes], pa.string()),
                }
            )
            session.write(_SPECS[TABLE], table, sort_by=["customer_id"])
            stage.notes |= {"stages": {name: stages.count(name) for name in STAGES}}


def code_sentence(code: Code) -> str:
    """The facts in a sentence, pt-BR."""
    signs = [
        word
        for word, holds in (
            ("sinal de dificuldade", code.trouble),
            ("renovação próxima", code.renewing),
            ("negócio em aberto", code.talking),
        )
        if holds
    ]
    return "; ".join([f"receita: {code.paying}", f"casa: {code.age}", f"uso: {code.use}", *signs])
