"""The front door of differentiate: features, scores and segments, with the reason for each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from b2shift.differentiate.contracts import (
    Backtest,
    FeatureDeclaration,
    FitResult,
    ForecastPoint,
    ForecastResult,
    FrontPoint,
    Promotion,
    ScoreAim,
    ScoreDossier,
    ScoreModel,
    SearchResult,
    SegmentAim,
    SeriesForecast,
    TrainResult,
    WhatIf,
)
from b2shift.differentiate.features import build as _features
from b2shift.differentiate.features.declarations import declarations as _declarations
from b2shift.differentiate.lifecycle.purchases import purchases_query
from b2shift.differentiate.segments.human_decisions import Preference, SegmentDecisions
from b2shift.differentiate.segments.human_decisions import prefer as _prefer
from b2shift.differentiate.segments.human_decisions import read_decisions as _said
from b2shift.differentiate.segments.human_decisions import rename as _rename
from b2shift.differentiate.segments.preset_declarations import preset_choices
from b2shift.differentiate.supervised.encoding import encode
from b2shift.differentiate.supervised.reading import read_rows
from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Lake, Session

if TYPE_CHECKING:
    from b2shift.differentiate.scores.came_true import Ledger
    from b2shift.differentiate.scores.frame import Floats
    from b2shift.differentiate.scores.measures import Accuracy

__all__ = [
    "Backtest",
    "FeatureDeclaration",
    "FitResult",
    "ForecastPoint",
    "ForecastResult",
    "FrontPoint",
    "Preference",
    "Promotion",
    "ScoreAim",
    "ScoreDossier",
    "ScoreModel",
    "SearchResult",
    "SegmentAim",
    "SegmentDecisions",
    "SeriesForecast",
    "TrainResult",
    "WhatIf",
    "accuracy",
    "build_features",
    "customers_at",
    "encode",
    "evaluate_scores",
    "evaluate_segments",
    "feature_declarations",
    "features_at",
    "features_statement",
    "fit_table",
    "forecast_series",
    "forecast_table",
    "foresee_segments",
    "journey_stages",
    "map_lifecycle",
    "openable_scores",
    "prefer_segmentation",
    "preset_choices",
    "promote_score",
    "promoted_scores",
    "purchases_query",
    "read_rows",
    "rename_segment",
    "roll_back_score",
    "said_of_segments",
    "score_columns",
    "score_customers",
    "score_dossier",
    "score_ledger",
    "score_models",
    "score_unit",
    "search_table",
    "segment_customers",
    "train_table",
    "what_if",
    "what_ifs",
]


def build_features(session: Session, as_of: date) -> None:
    """Write `features`, one row per customer known on `as_of`; needs `customers` and the refined tables."""
    _features.build(session, as_of)


def features_at(
    session: Session, as_of: date, customers: Collection[str] | None = None, names: Collection[str] | None = None,
    known: str | None = None,
) -> pa.Table:  # fmt: skip
    """The columns of `features` on any date, from rows dated on or before it only; sorted by customer_id.

    Customers that began later are absent. Snapshot features (`FeatureDeclaration.snapshot`) are null on every date
    before the newest of the data. `customers` limits the rows given back, not the peers they are compared with;
    `names` the columns: those, and what they are derived from. `known` is where `customers_at` was written already.
    """
    return _features.rows_at(session, as_of, customers, names, known)


def customers_at(session: Lake | Session, as_of: date) -> str:
    """The statement of the customers known on a date, one row each; `features_at` begins with it."""
    return _features.known_at(session, as_of)


def features_statement(lake: Lake | Session, as_of: date) -> str:
    """The statement of `features_at`, its dates and caps written in: what `metrics` translates for another engine."""
    return _features.statement_at(lake, as_of)


def feature_declarations() -> tuple[FeatureDeclaration, ...]:
    """Every published feature in the order of the table's columns: name, pt-BR label and unit, format, meaning."""
    return _declarations().published()


def segment_customers(
    session: Session, as_of: date, *, seed: int, decisions: SegmentDecisions | None = None, progress: Progress = silent
) -> None:
    """Write `segments` and its tables (catalogue, profiles, models, the predecessor's view) for every customer.

    Needs `features`; reads `scores` where there are any. Keys and names are kept from the version before; what
    people said about segments goes before both. The same inputs, date and seed are not computed twice.
    """
    from b2shift.differentiate.segments.build import build  # loads scikit-learn, which the other functions do not need

    build(session, as_of, seed=seed, decisions=decisions or SegmentDecisions(), progress=progress)


def foresee_segments(session: Session, as_of: date, *, seed: int, progress: Progress = silent) -> None:
    """Write `segment_outlook`, its flows and its cards: the segment of each customer in 30 and 90 days.

    Needs `features`, `segments`, the refined tables. With a short history, or where all staying is best: cards only.
    """
    from b2shift.differentiate.segments.outlook import build  # loads scikit-learn

    build(session, as_of, seed=seed, progress=progress)


def fit_table(  # noqa: PLR0913 - each argument is an option of the command
    table: Path, id_column: str, out: Path, *, k: int, view: str = "as-is", floor: float = 0.01,
    algorithm: str = "kmeans", seed: int = 7, progress: Progress = silent,
) -> FitResult:  # fmt: skip
    """Segment the rows of a CSV or Parquet file of numbers; write id and segment (0 is the largest) to `out`.

    `view`: as-is takes the columns as given, robust takes their logarithms on a robust scale. No segment holds less
    than `floor` of the rows. Raises InputError naming the column or option at fault.
    """
    from b2shift.differentiate.segments.table_fit import fit_table as fit

    return fit(table, id_column, out, k=k, view=view, floor=floor, algorithm=algorithm, seed=seed, progress=progress)


def search_table(  # noqa: PLR0913 - each argument is an option of the command
    table: Path, id_column: str, out: Path, *, k: tuple[int, int] | None = None, floor: float = 0.01,
    preset: str = "balanced", seconds: float = 60.0, money: str | None = None, seed: int = 7,
    progress: Progress = silent,
) -> SearchResult:  # fmt: skip
    """Search the rows of a CSV or Parquet file of numbers or categories for segments; write id and segment to `out`.

    `k` = fewest and most segments; `preset` (balanced, explainable, stable, fine) chooses from the front; `money`
    names a column that only measures. Raises InputError naming the column or option at fault.
    """
    from b2shift.differentiate.segments.table_search import search_table as search

    return search(
        table, id_column, out, k=k, floor=floor, preset=preset, seconds=seconds, money=money, seed=seed,
        progress=progress,
    )  # fmt: skip


def score_customers(
    session: Session,
    as_of: date,
    *,
    seed: int,
    promoted: Mapping[str, Promotion] | None = None,
    progress: Progress = silent,
) -> None:
    """Write `scores`, `score_cards` and `score_models`: every score with its interval, reasons, card and model.

    Needs `features` and the refined tables. A score that later data do not bear out is null, and its card says why.
    """
    from b2shift.differentiate.scores.build import build  # loads the learning libraries, needed by nothing else

    build(session, as_of, seed, promoted or {}, progress)


def map_lifecycle(session: Session, as_of: date) -> None:
    """Write `journey`, the stage of each customer, and `repurchase`, what it may buy again. Needs `features`."""
    from b2shift.differentiate.lifecycle.build import build

    build(session, as_of)


def journey_stages() -> dict[str, str]:
    """Each stage of the journey and its phase, in their order."""
    from b2shift.differentiate.lifecycle.journey import STAGES

    return dict(STAGES)


def promoted_scores(home: Path) -> dict[str, Promotion]:
    """The versions of scores that people asked for, by score."""
    from b2shift.differentiate.scores.registry import promotions

    return promotions(home)


def score_models(lake: Lake, home: Path) -> tuple[ScoreModel, ...]:
    """Every kept version of the fitted scores, the newest of each first."""
    from b2shift.differentiate.scores.registry import models

    return models(lake, home)


def promote_score(lake: Lake, home: Path, score: str, version: str, *, reason: str, by: str, at: datetime) -> Promotion:
    """Ask for a version from the next run on; an empty one leaves the choice to the product again.

    Raises UnknownNameError for a score or version that is not kept, InputError without a reason.
    """
    from b2shift.differentiate.scores.registry import promote

    return promote(lake, home, score, version, reason=reason, by=by, at=at)


def roll_back_score(lake: Lake, home: Path, score: str, *, reason: str, by: str, at: datetime) -> Promotion:
    """Ask for the version that served before the one in use; InputError when there is none."""
    from b2shift.differentiate.scores.registry import roll_back

    return roll_back(lake, home, score, reason=reason, by=by, at=at)


def score_ledger(session: Session, as_of: date) -> "Ledger":
    """What scores say of customers, and what became of what they said before, by the labels they learn from."""
    from b2shift.differentiate.scores.came_true import Ledger

    return Ledger(session, as_of)


def accuracy(observed: "Floats", predicted: "Floats", seed: int) -> "Accuracy":
    """AUC, Brier score and calibration error of probabilities (0 to 1) against outcomes (0 or 1)."""
    from b2shift.differentiate.scores.measures import accuracy as measured

    return measured(observed, predicted, seed)


def score_dossier(lake: Lake, customer_id: str, score: str = "churn_90d") -> ScoreDossier:
    """A score of a lake's version with its inputs, model and reasons, computed again from what that version kept.

    Raises InputError for a customer without it, StateError for a version that kept no model.
    """
    from b2shift.differentiate.scores.dossier import dossier

    return dossier(lake, customer_id, score)


def score_columns(lake: Lake) -> tuple[str, ...]:
    """The columns of `scores` as files hold them: those that programs were promised, the reasons, then what is more."""
    from b2shift.differentiate.scores.dossier import columns_in_order

    return columns_in_order(lake.query("SELECT * FROM scores LIMIT 0").column_names)


def score_unit(score: str) -> str:
    """In what a column of `scores` is: percent (0.1 is 10 %), points (0 to 100), money or days."""
    from b2shift.differentiate.scores.dossier import unit_of

    return unit_of(score)


def openable_scores(lake: Lake) -> tuple[str, ...]:
    """The scores of a lake's version that `score_dossier` can open, in the order of the table."""
    from b2shift.differentiate.scores.dossier import openable

    return openable(lake)


def what_if(lake: Lake, customer_id: str, feature: str, value: float, score: str = "churn_90d") -> WhatIf:
    """What the model says of a customer with another value of one number: an association, never advice."""
    from b2shift.differentiate.scores.dossier import what_if as changed

    return changed(lake, customer_id, score, feature, value)


def what_ifs(lake: Lake, customer_id: str, score: str = "churn_90d", *, along: str = "") -> tuple[WhatIf, ...]:
    """The same for each feature somebody can do something about, with the middle of the customer's market segment;
    `along` one number, for the values that customers have of it, the least first."""
    from b2shift.differentiate.scores import dossier

    return dossier.curve(lake, customer_id, score, along) if along else dossier.what_ifs(lake, customer_id, score)


def forecast_series(
    days: Sequence[date], values: Sequence[float], horizon: int, *, every: str | None = None, name: str = ""
) -> SeriesForecast:
    """Forecast dated values with 80 and 95 % intervals and a backtest, or say why not (`refused`, pt-BR).

    Rows come in any order, NaN where missing; several of one period are added up. `every` (day, week, month, quarter,
    year) names the frequency, which is else found. The same rows always give the same figures. Raises InputError for a
    horizon outside 1 to 520.
    """
    from b2shift.differentiate.forecast.series import forecast_series as forecast

    return forecast(days, values, horizon, every=every, name=name)


def forecast_table(
    table: Path, time: str, value: str, horizon: int, *, series: str | None = None, every: str | None = None,
    progress: Progress = silent,
) -> ForecastResult:  # fmt: skip
    """Forecast each series of a CSV or Parquet file; raises InputError when none of them can be forecast."""
    from b2shift.differentiate.forecast.table import forecast_table as forecast

    return forecast(table, time, value, horizon, series=series, every=every, progress=progress)


def train_table(  # noqa: PLR0913 - each argument is an option of the command
    table: Path, label: str, out: Path, *, time: str | None = None, identity: str | None = None,
    test: Path | None = None, task: str | None = None, positive: str | None = None, keep: Collection[str] = (),
    seed: int = 7, progress: Progress = silent,
) -> TrainResult:  # fmt: skip
    """Learn a label from any CSV or Parquet file; write one prediction a row, with reasons, to `out`.

    The rows of `test` are predicted, or else those of the file out of fold. `time` holds when each row was known
    (survival: how long it was followed); `keep` names columns to learn from whatever the guard thinks. Without signal
    every row gets the base rate and `usable` is false. Raises InputError naming the file, column or option at fault.
    """
    from b2shift.differentiate.supervised.training import train_table as train

    return train(
        table, label, out, time=time, identity=identity, test=test, task=task, positive=positive, keep=keep, seed=seed,
        progress=progress,
    )  # fmt: skip


def evaluate_segments(
    lake: Lake, drop: Path, *, refits: int = 5, seconds: float = 300, seed: int = 7, progress: Progress = silent
) -> tuple[SegmentAim, ...]:
    """What the segments of a demo drop, and the search on the predecessor's table, reach of what is promised.

    The lake holds the segmented drop; the search takes about so many seconds. InputError where the drop has no truth.
    """
    from b2shift.differentiate.segments.evaluation import evaluate

    return evaluate(lake, drop, refits=refits, seconds=seconds, seed=seed, progress=progress)


def said_of_segments(home: Path) -> SegmentDecisions:
    """The names people gave segments and the segmentation they prefer."""
    return _said(home)


def rename_segment(lake: Lake, home: Path, segment_id: str, name: str, *, by: str, at: datetime) -> str:
    """Give a segment a name of a person's, from the next run on (empty gives it back); the name as kept.

    Raises UnknownNameError for no such segment, InputError for a name another one has or one that is too long.
    """
    return _rename(lake, home, segment_id, name, by=by, at=at).name


def prefer_segmentation(
    lake: Lake, home: Path, algorithm: str, k: int, *, reason: str, by: str, at: datetime
) -> Preference:
    """Ask for another candidate of the selection, from the next run on (k=0 leaves it to the product again).

    Raises UnknownNameError for one that was not found or is below the floor, InputError without a reason.
    """
    return _prefer(lake, home, algorithm, k, reason=reason, by=by, at=at)


def evaluate_scores(lake: Lake, drop: Path) -> tuple[ScoreAim, ...]:
    """Hold the scores of a lake against the truth of the demo drop it was made from; never part of a run.

    Raises DropError when the drop has no truth.
    """
    from b2shift.differentiate.scores.truth import evaluate_scores as evaluate

    return evaluate(lake, drop)
