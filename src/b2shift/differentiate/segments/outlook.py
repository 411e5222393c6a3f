"""The stage `outlook`: each customer's segment in 30 and 90 days, backtested first.

Published is the model if it beats the transition matrix on the newest pair of dates by more than a standard error, the
matrix if only that beats persistence, and nothing otherwise or for a short history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores.outcomes import ends, revenue_span
from b2shift.differentiate.segments.backcast import Snapshot, months_before, snapshot_at, snapshot_of
from b2shift.differentiate.segments.distinct import Floats
from b2shift.differentiate.segments.migration_model import (
    MigrationModel,
    Transition,
    fit_migration,
    log_losses,
    markov_matrix,
    persistence_matrix,
    transition,
)
from b2shift.differentiate.segments.model_store import stored_model
from b2shift.kernel.calendar import add_months, first_of_month
from b2shift.kernel.money import format_number
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, load_specs

CODE_VERSION = 1
HORIZONS = {30: 1, 90: 3}
"""Horizon in days, and the months between the dates of a transition."""
MAX_MONTHS, REVENUE_MONTHS = 12, 12
"""Months of history at most; months of revenue before each date, which yearly growth needs."""
MIN_CUSTOMERS, MIN_MOVES = 200, 10
"""Customers, and moves among them, that a backtest needs."""
MODEL, MATRIX, NOTHING = "modelo", "matriz", "nenhum"
STEP = "Prever segmentos"

_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_REGISTRY = ("companies", "customer_registry", "mrr_vendor")


@dataclass(frozen=True)
class Backtest:
    """Mean log-losses of each method on the newest transition."""

    transition: Transition
    trained: int
    model: float
    matrix: float
    persistence: float
    gain: float
    error: float

    @property
    def best(self) -> str:
        """The method to publish."""
        if self.gain > self.error:
            return MODEL
        return MATRIX if self.matrix < self.persistence else NOTHING


def build(session: Session, as_of: date, *, seed: int, progress: Progress) -> None:
    """Write `segment_outlook`, its flows and its cards, unless made from the same inputs."""
    sources = {block.source for block in declarations().blocks.values()}
    inputs = sorted({"features", "segments", "segment_model", *_REGISTRY, *sources})
    with session.stage("outlook", inputs=inputs, parameters=(CODE_VERSION, as_of, seed)) as stage:
        if stage.stale:
            stage.notes |= _build(session, as_of, seed, progress)


def backtest(dates: Sequence[Snapshot], months: int, k: int, seed: int) -> Backtest | None:
    """Test on the newest transition after training on those that had ended before; None for too little data."""
    if len(dates) <= 2 * months:
        return None
    test = transition(dates[months], dates[0])
    training = [transition(dates[at + months], dates[at]) for at in range(months, len(dates) - months)]
    movers = int((test.before.segment != test.after).sum())
    if len(test.after) < MIN_CUSTOMERS or movers < MIN_MOVES or k < 2:
        return None
    segment = test.before.segment
    probabilities = (
        fit_migration(training, k, seed).probabilities(test.before),
        markov_matrix(training, k)[segment],
        persistence_matrix(training, k)[segment],
    )
    model, matrix, staying = (log_losses(probability, test.after) for probability in probabilities)
    gains = matrix - model
    return Backtest(
        test, len(training), float(model.mean()), float(matrix.mean()), float(staying.mean()),
        float(gains.mean()), float(gains.std() / len(gains) ** 0.5),
    )  # fmt: skip


def monthly_snapshots(session: Session, as_of: date, centres: Floats, columns: tuple[str, ...]) -> list[Snapshot]:
    """Snapshots of today and of the same day of each earlier month, newest first, as far as history goes."""
    features = session.query("SELECT * FROM features ORDER BY customer_id")
    span = revenue_span(session, as_of)
    now = snapshot_of(features, as_of, centres, columns)
    if span is None or now is None:
        return []
    ended, snapshots = ends(session, as_of, span[1]), [now]
    situations = dict(zip(now.customers, features.column("situation").to_pylist(), strict=True))
    for months_back in range(1, MAX_MONTHS + 1):
        day = months_before(as_of, months_back)
        if first_of_month(day) < add_months(span[0], REVENUE_MONTHS):
            break
        snapshot = snapshot_at(session, day, situations, ended, centres, columns)
        if snapshot is None:
            break
        snapshots.append(snapshot)
    return snapshots


def _build(session: Session, as_of: date, seed: int, progress: Progress) -> dict[str, object]:
    progress(STEP, 0, 1 + len(HORIZONS))
    model = stored_model(session)
    keys = tuple(model["keys"])
    names = dict(zip(keys, (entry["text"] for entry in model["names"]), strict=True))
    dates = monthly_snapshots(session, as_of, np.array(model["centres"], np.float64), tuple(model["columns"]))
    own = session.query("SELECT customer_id, segment_id FROM segments").to_pydict()
    published = dict(zip(own["customer_id"], own["segment_id"], strict=True))
    customer_tables: list[pa.Table] = []
    flows: list[pa.Table] = []
    cards = []
    for done, (days, months) in enumerate(HORIZONS.items(), 1):
        progress(STEP, done, 1 + len(HORIZONS), f"{days} dias")
        result = backtest(dates, months, len(keys), seed)
        cards.append(_card(as_of, days, result, months, len(dates)))
        if result is None or result.best == NOTHING:
            continue
        pairs = [transition(dates[at + months], dates[at]) for at in range(len(dates) - months)]
        now = _as_published(dates[0], published, keys)
        chance = _probabilities(result.best, pairs, now, len(keys), seed)
        customer_tables.append(_customer_outlook(as_of, days, now, chance, keys))
        flows.append(_flows(as_of, days, now, chance, keys, names))
    progress(STEP, 1 + len(HORIZONS), 1 + len(HORIZONS))
    for name, tables in (("segment_outlook", customer_tables), ("segment_outlook_flows", flows)):
        session.write(_SPECS[name], pa.concat_tables(tables) if tables else _SCHEMAS[name].empty_table())
    session.write(_SPECS["segment_outlook_cards"], pa.Table.from_pylist(cards, schema=_SCHEMAS["cards"]))
    return {"dates": len(dates), "told": [card["told"] for card in cards]}


def _probabilities(method: str, pairs: Sequence[Transition], now: Snapshot, k: int, seed: int) -> Floats:
    if method == MATRIX:
        return markov_matrix(pairs, k)[now.segment]
    model: MigrationModel = fit_migration(pairs, k, seed)
    return model.probabilities(now)


def _as_published(now: Snapshot, published: Mapping[str, str], keys: Sequence[str]) -> Snapshot:
    """Today's customers in their published segment, which may not be that of the nearest centre."""
    position = {key: i for i, key in enumerate(keys)}
    known = now.select([customer for customer in now.customers if published.get(customer) in position])
    given = np.array([position[published[customer]] for customer in known.customers], np.intp)
    return Snapshot(known.as_of, known.customers, given, known.distances, known.numbers)


def _customer_outlook(as_of: date, days: int, now: Snapshot, chance: Floats, keys: Sequence[str]) -> pa.Table:
    index = np.arange(len(now.segment))
    others = chance.copy()
    others[index, now.segment] = -1.0
    likely = others.argmax(axis=1)
    columns = {
        "customer_id": list(now.customers), "as_of": [as_of] * len(index), "horizon_days": [days] * len(index),
        "segment_id": [keys[i] for i in now.segment], "stays": chance[index, now.segment],
        "next_segment_id": [keys[i] for i in likely], "next_probability": chance[index, likely],
    }  # fmt: skip
    return pa.table(columns, schema=_SCHEMAS["segment_outlook"])


def _flows(
    as_of: date, days: int, now: Snapshot, chance: Floats, keys: Sequence[str], names: Mapping[str, str]
) -> pa.Table:
    expected = np.zeros((len(keys), len(keys)))
    np.add.at(expected, now.segment, chance)
    rows = [
        {
            "as_of": as_of, "horizon_days": days, "from_id": old, "from_name": names[old], "to_id": new,
            "to_name": names[new], "customers": float(expected[i, j]),
        }
        for i, old in enumerate(keys)
        for j, new in enumerate(keys)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_SCHEMAS["segment_outlook_flows"])


def _card(as_of: date, days: int, result: Backtest | None, months: int, dates: int) -> dict[str, object]:
    card: dict[str, object] = {"as_of": as_of, "horizon_days": days, "told": NOTHING, "sentence": ""}
    if result is None:
        card["sentence"] = (
            f"História curta demais para prever {days} dias: há {format_number(dates)} datas comparáveis, são precisas "
            f"mais de {format_number(2 * months)}, com ao menos {format_number(MIN_CUSTOMERS)} clientes e "
            f"{format_number(MIN_MOVES)} mudanças na mais nova."
        )
        return card
    movers = int((result.transition.before.segment != result.transition.after).sum())
    card |= {
        "told": result.best, "log_loss": result.model, "matrix_log_loss": result.matrix,
        "staying_log_loss": result.persistence, "gain": result.gain, "gain_error": result.error,
        "customers": len(result.transition.after), "moved": movers, "tested_from": result.transition.before.as_of,
        "tested_to": as_of, "trained_on": result.trained, "sentence": _sentence(days, result, movers),
    }  # fmt: skip
    return card


def _sentence(days: int, result: Backtest, movers: int) -> str:
    model, matrix, staying = (format_number(loss, 3) for loss in (result.model, result.matrix, result.persistence))
    base = (
        f"Testado em {format_number(len(result.transition.after))} clientes, dos quais {format_number(movers)} mudaram "
        f"de segmento em {days} dias: perda logarítmica {model}, contra {matrix} da matriz de transição e {staying} de "
        "supor que ninguém muda."
    )
    sentences = {
        MODEL: base,
        MATRIX: f"{base} Como o modelo não ganhou da matriz, vale a matriz.",
        NOTHING: f"{base} Nada ganhou de supor que ninguém muda, por isso nada se prevê.",
    }
    return sentences[result.best]


def _schema(columns: dict[str, pa.DataType]) -> pa.Schema:
    return pa.schema(columns)


_DAY, _TEXT, _SHARE, _COUNT = pa.date32(), pa.string(), pa.float64(), pa.int32()
_SCHEMAS: dict[str, pa.Schema] = {
    "segment_outlook": _schema(
        {"customer_id": _TEXT, "as_of": _DAY, "horizon_days": _COUNT, "segment_id": _TEXT, "stays": _SHARE,
         "next_segment_id": _TEXT, "next_probability": _SHARE}
    ),
    "segment_outlook_flows": _schema(
        {"as_of": _DAY, "horizon_days": _COUNT, "from_id": _TEXT, "from_name": _TEXT, "to_id": _TEXT,
         "to_name": _TEXT, "customers": _SHARE}
    ),
    "cards": _schema(
        {"as_of": _DAY, "horizon_days": _COUNT, "told": _TEXT, "log_loss": _SHARE, "matrix_log_loss": _SHARE,
         "staying_log_loss": _SHARE, "gain": _SHARE, "gain_error": _SHARE, "customers": _COUNT, "moved": _COUNT,
         "tested_from": _DAY, "tested_to": _DAY, "trained_on": _COUNT, "sentence": _TEXT}
    ),
}  # fmt: skip
