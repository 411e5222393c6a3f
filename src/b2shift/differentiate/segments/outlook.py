"""The stage `outlook`: each customer's segment in 30 and 90 days, tested on the newest days before it is told.

What is told is the model where it beat the transition matrix on the newest pair of dates by more than its standard
error, the matrix where only that beat staying, and nothing where neither did or the history is short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores.outcomes import ends, revenue_span
from b2shift.differentiate.segments.distinct import Floats
from b2shift.differentiate.segments.earlier import Standing, months_before, standing, standing_of
from b2shift.differentiate.segments.memory import stored
from b2shift.differentiate.segments.moving import Moving, Pair, learnt, losses, markov, pair, persistence
from b2shift.kernel.calendar import add_months, first_of_month
from b2shift.kernel.money import format_number
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, load_specs

CODE_VERSION = 1
HORIZONS = {30: 1, 90: 3}
"""Days told ahead, and the months between the dates they are learnt from."""
MOST_MONTHS, REVENUE_BEFORE = 12, 12
"""Months looked back at most; months of revenue that lie before each, which the growth of a year needs."""
FEWEST, FEWEST_MOVES = 200, 10
"""Customers, and moves among them, under which nothing can be said of a pair of dates."""
MODEL, MATRIX, NOTHING = "modelo", "matriz", "nenhum"
STEP = "Prever segmentos"

_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_REGISTRY = ("companies", "customer_registry", "mrr_vendor")


@dataclass(frozen=True)
class Judgement:
    """How each way of telling did on the newest pair of dates; mean log-losses."""

    pair: Pair
    trained: int
    model: float
    matrix: float
    staying: float
    gain: float
    error: float

    @property
    def best(self) -> str:
        """What is told."""
        if self.gain > self.error:
            return MODEL
        return MATRIX if self.matrix < self.staying else NOTHING


def build(session: Session, as_of: date, *, seed: int, progress: Progress) -> None:
    """Write `segment_outlook`, its flows and its cards, unless they were made from the same inputs."""
    sources = {block.source for block in declarations().blocks.values()}
    inputs = sorted({"features", "segments", "segment_model", *_REGISTRY, *sources})
    with session.stage("outlook", inputs=inputs, parameters=(CODE_VERSION, as_of, seed)) as stage:
        if stage.stale:
            stage.notes |= _build(session, as_of, seed, progress)


def judgement(dates: Sequence[Standing], months: int, k: int, seed: int) -> Judgement | None:
    """The newest pair foretold from the pairs that had ended when it began; None where there are too few."""
    if len(dates) <= 2 * months:
        return None
    newest = pair(dates[months], dates[0])
    before = [pair(dates[at + months], dates[at]) for at in range(months, len(dates) - months)]
    moved = int((newest.then.segment != newest.later).sum())
    if len(newest.later) < FEWEST or moved < FEWEST_MOVES or k < 2:
        return None
    own = newest.then.segment
    ways = (learnt(before, k, seed).probabilities(newest.then), markov(before, k)[own], persistence(before, k)[own])
    model, matrix, staying = (losses(chance, newest.later) for chance in ways)
    apart = matrix - model
    return Judgement(
        newest, len(before), float(model.mean()), float(matrix.mean()), float(staying.mean()),
        float(apart.mean()), float(apart.std() / len(apart) ** 0.5),
    )  # fmt: skip


def earlier_dates(session: Session, as_of: date, centres: Floats, columns: tuple[str, ...]) -> list[Standing]:
    """Where customers stood today and at the same day of each month before, newest first, as far as history goes."""
    features = session.query("SELECT * FROM features ORDER BY customer_id")
    span = revenue_span(session, as_of)
    now = standing_of(features, as_of, centres, columns)
    if span is None or now is None:
        return []
    ended, found = ends(session, as_of, span[1]), [now]
    situations = dict(zip(now.customers, features.column("situation").to_pylist(), strict=True))
    for back in range(1, MOST_MONTHS + 1):
        day = months_before(as_of, back)
        if first_of_month(day) < add_months(span[0], REVENUE_BEFORE):
            break
        one = standing(session, day, situations, ended, centres, columns)
        if one is None:
            break
        found.append(one)
    return found


def _build(session: Session, as_of: date, seed: int, progress: Progress) -> dict[str, object]:
    progress(STEP, 0, 1 + len(HORIZONS))
    model = stored(session)
    keys = tuple(model["keys"])
    names = dict(zip(keys, (one["text"] for one in model["names"]), strict=True))
    dates = earlier_dates(session, as_of, np.array(model["centres"], np.float64), tuple(model["columns"]))
    own = session.query("SELECT customer_id, segment_id FROM segments").to_pydict()
    held = dict(zip(own["customer_id"], own["segment_id"], strict=True))
    people: list[pa.Table] = []
    flows: list[pa.Table] = []
    cards = []
    for done, (days, months) in enumerate(HORIZONS.items(), 1):
        progress(STEP, done, 1 + len(HORIZONS), f"{days} dias")
        result = judgement(dates, months, len(keys), seed)
        cards.append(_card(as_of, days, result, months, len(dates)))
        if result is None or result.best == NOTHING:
            continue
        pairs = [pair(dates[at + months], dates[at]) for at in range(len(dates) - months)]
        now = _as_published(dates[0], held, keys)
        chance = _chance(result.best, pairs, now, len(keys), seed)
        people.append(_people(as_of, days, now, chance, keys))
        flows.append(_flows(as_of, days, now, chance, keys, names))
    progress(STEP, 1 + len(HORIZONS), 1 + len(HORIZONS))
    for name, tables in (("segment_outlook", people), ("segment_outlook_flows", flows)):
        session.write(_SPECS[name], pa.concat_tables(tables) if tables else _SCHEMAS[name].empty_table())
    session.write(_SPECS["segment_outlook_cards"], pa.Table.from_pylist(cards, schema=_SCHEMAS["cards"]))
    return {"dates": len(dates), "told": [card["told"] for card in cards]}


def _chance(best: str, pairs: Sequence[Pair], now: Standing, k: int, seed: int) -> Floats:
    if best == MATRIX:
        return markov(pairs, k)[now.segment]
    model: Moving = learnt(pairs, k, seed)
    return model.probabilities(now)


def _as_published(now: Standing, held: Mapping[str, str], keys: Sequence[str]) -> Standing:
    """Today's customers in the segment they were given, which may not be that of the nearest centre."""
    position = {key: i for i, key in enumerate(keys)}
    known = now.at([customer for customer in now.customers if held.get(customer) in position])
    given = np.array([position[held[customer]] for customer in known.customers], np.intp)
    return Standing(known.as_of, known.customers, given, known.apart, known.numbers)


def _people(as_of: date, days: int, now: Standing, chance: Floats, keys: Sequence[str]) -> pa.Table:
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
    as_of: date, days: int, now: Standing, chance: Floats, keys: Sequence[str], names: Mapping[str, str]
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


def _card(as_of: date, days: int, result: Judgement | None, months: int, dates: int) -> dict[str, object]:
    card: dict[str, object] = {"as_of": as_of, "horizon_days": days, "told": NOTHING, "sentence": ""}
    if result is None:
        card["sentence"] = (
            f"História curta demais para prever {days} dias: há {format_number(dates)} datas comparáveis, são precisas "
            f"mais de {format_number(2 * months)}, com ao menos {format_number(FEWEST)} clientes e "
            f"{format_number(FEWEST_MOVES)} mudanças na mais nova."
        )
        return card
    moved = int((result.pair.then.segment != result.pair.later).sum())
    card |= {
        "told": result.best, "log_loss": result.model, "matrix_log_loss": result.matrix,
        "staying_log_loss": result.staying, "gain": result.gain, "gain_error": result.error,
        "customers": len(result.pair.later), "moved": moved, "tested_from": result.pair.then.as_of,
        "tested_to": as_of, "trained_on": result.trained, "sentence": _sentence(days, result, moved),
    }  # fmt: skip
    return card


def _sentence(days: int, result: Judgement, moved: int) -> str:
    model, matrix, staying = (format_number(one, 3) for one in (result.model, result.matrix, result.staying))
    base = (
        f"Testado em {format_number(len(result.pair.later))} clientes, dos quais {format_number(moved)} mudaram de "
        f"segmento em {days} dias: perda logarítmica {model}, contra {matrix} da matriz de transição e {staying} de "
        "supor que ninguém muda."
    )
    told = {
        MODEL: base,
        MATRIX: f"{base} Como o modelo não ganhou da matriz, vale a matriz.",
        NOTHING: f"{base} Nada ganhou de supor que ninguém muda, por isso nada se prevê.",
    }
    return told[result.best]


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
