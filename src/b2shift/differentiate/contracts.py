"""The shapes of differentiate."""

from datetime import date, datetime
from pathlib import Path

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.kernel.money import format_number, format_percent


class FeatureDeclaration(Contract):
    """One published feature, in the words people read."""

    name: str
    label: str = Field(description="pt-BR")
    meaning: str = Field(description="English: how it is computed")
    source: str = Field(description="table it comes from; 'derived' when from other features")
    family: str = Field(
        description="cadastro, contrato, receita, uso, financeiro, suporte, nps, comercial or campanhas"
    )
    window: str | None = None
    unit: str | None = Field(None, description="pt-BR")
    format: str = Field(description="category, boolean, integer, decimal, percent (0.1 is 10 %), money, days or list")
    personal: str = Field("none", description="personal-data class of the column")
    snapshot: bool = Field(False, description="only known at the newest date: null in features_at for any earlier one")


class FitResult(Contract):
    """What `fit_table` did and how good it is; measures are in the space of standardised columns, PCA 80 %."""

    table: Path
    out: Path
    view: str
    algorithm: str
    seed: int
    k: int = Field(description="segments asked for")
    k_found: int = Field(description="segments found: fewer when the floor leaves no room")
    floor: float = Field(description="smallest share a segment may hold")
    sizes: tuple[int, ...] = Field(description="rows per segment, segment 0 first")
    smallest_share: float
    silhouette: float
    silhouette_half_width: float = Field(description="half its 95 % interval when measured on a sample; 0 when exact")
    davies_bouldin: float = Field(description="lower is better")
    calinski_harabasz: float = Field(description="higher is better")
    stability: float = Field(description="mean adjusted Rand index of refits on random 80 % of the rows")
    refits: int
    null_silhouette: float = Field(description="of the same search with each column shuffled alone")
    rows: int
    distinct_rows: int
    columns: int
    constant_columns: tuple[str, ...] = Field(description="columns that do not vary and carry nothing")
    dims: int = Field(description="axes of the space")
    notes: tuple[str, ...] = Field((), description="pt-BR: which rows of the table were set aside, and why")
    seconds: float

    def __str__(self) -> str:
        """A short summary, pt-BR."""
        fewer = "" if self.k_found == self.k else f" (pedidos {self.k}; o piso não deixou mais)"
        doubt = f" ± {format_number(self.silhouette_half_width, 3)}" if self.silhouette_half_width else ""
        found = (
            f"{format_number(self.rows)} linhas ({format_number(self.distinct_rows)} distintas) em "
            f"{self.k_found} segmentos{fewer}, por {self.algorithm}."
        )
        shape = (
            f"Silhueta {format_number(self.silhouette, 3)}{doubt} (ao acaso {format_number(self.null_silhouette, 3)}), "
            f"Davies-Bouldin {format_number(self.davies_bouldin, 2)}, "
            f"Calinski-Harabasz {format_number(self.calinski_harabasz, 1)}, em {self.dims} dimensões."
        )
        steady = (
            f"Estabilidade {format_number(self.stability, 2)} em {self.refits} repetições; "
            f"menor segmento com {format_percent(self.smallest_share)} das linhas."
        )
        lines = [found, shape, steady]
        if self.constant_columns:
            lines.append(f"Colunas que não variam e nada dizem: {', '.join(self.constant_columns)}.")
        lines.append(f"Gravado em {self.out}, em {format_number(self.seconds, 1)} s.")
        return "\n".join(lines)


class FrontPoint(Contract):
    """One segmentation of a search; measures are in the space of standardised columns, PCA 80 %."""

    representation: str = Field(description="form of the columns that the algorithm saw")
    algorithm: str
    k: int
    sizes: tuple[int, ...] = Field(description="rows per segment, segment 0 first")
    smallest_share: float
    silhouette: float
    null_silhouette: float | None = Field(description="of the same search with each variable shuffled alone")
    null_excess: float | None
    stability: float | None = Field(description="mean adjusted Rand index of refits on random 80 % of the rows")
    explainability: float | None = Field(description="cross-validated accuracy of a tree with 2k leaves")
    money_explained: float | None = Field(description="share of the variance of log(1 + money) between segments")
    davies_bouldin: float
    calinski_harabasz: float
    chosen: bool
    reason: str = Field(description="pt-BR: why this one, or what it gains and loses against the chosen one")


class ScoreModel(Contract):
    """One kept version of a fitted score."""

    score: str
    version: str = Field(description="digest of the model")
    label: str = Field(description="pt-BR")
    as_of: date = Field(description="date of the run that fitted it")
    in_use: bool
    promoted: bool = Field(description="a person asked for it: it serves from the next run on, if not already")
    last_used: date | None
    method: str
    verdict: str = Field(description="pt-BR")
    auc: float | None
    log_loss: float | None
    log_loss_base: float | None
    drift: tuple[tuple[str, float], ...] = Field(
        description="population stability index by feature (pt-BR), largest first"
    )


class Promotion(Contract):
    """A person's word on which version of a score serves; an empty version leaves it to the newest."""

    score: str
    version: str = ""
    reason: str = Field("", max_length=300)
    by: str = Field(min_length=1, description="who decided")
    at: datetime


class DossierInput(Contract):
    """One value a score was made of."""

    feature: str
    label: str = Field(description="pt-BR")
    value: str = Field(description="pt-BR, rounded")
    exact: str = Field(description="as the model saw it")
    points: float = Field(
        description="how much lower the score would be without it: percentage points, points of health, or BRL; of the "
        "chance within 90 days where the score is a number of days"
    )


class ScoreDossier(Contract):
    """One score of one customer in one version, opened and computed again."""

    customer_id: str
    score: str
    label: str
    unit: str = Field(description="percent (0.1 is 10 %), points (0 to 100), money or days")
    as_of: date
    lake_version: int
    model_version: str
    method: str
    verdict: str
    periods: str
    columns: tuple[str, ...] = Field(description="of `scores`: the score, and what its model says beside it")
    stored: tuple[float | None, ...] = Field(description="values of these columns")
    recomputed: tuple[float | None, ...] = Field(description="the same from the kept inputs and model")
    same: bool = Field(description="whether both are equal to the last digit kept")
    inputs: tuple[DossierInput, ...] = Field(description="the weightiest first")
    reasons: tuple[str, ...] = Field(description="as they were told, pt-BR")

    @property
    def interval(self) -> tuple[float, float] | None:
        """The ends of the 90 % interval, of a score that has one."""
        values = dict(zip(self.columns, self.stored, strict=True))
        low, high = values.get(f"{self.score}_low"), values.get(f"{self.score}_high")
        return None if low is None or high is None else (low, high)


class WhatIf(Contract):
    """What a score would be with another value of one feature, or after an action; in the unit of the score."""

    feature: str
    label: str = Field(description="pt-BR")
    now: str
    then: str
    before: float
    after: float
    low: float | None = Field(None, description="95 % interval of after; None of an association, which has none")
    high: float | None = None
    evidence: str = Field(description="measured (experiment), estimated (assumptions) or association (never advice)")
    basis: str = Field("", description="pt-BR: on which customers it rests, and what it supposes")


class SegmentAim(Contract):
    """One promise about segments and what a demo drop shows of it."""

    name: str
    value: float | None = Field(description="reached; null where it was not measured, as in too short a time")
    aim: float | None = Field(description="promised, or what grouping by market segment reaches")
    ahead_low: float | None = Field(None, description="95 % interval of value less aim, by jackknife of the customers")
    ahead_high: float | None = None
    met: bool | None = Field(description="null where it was not measured")
    rows: int = Field(description="customers it is measured on")


class SearchResult(Contract):
    """What `search_table` tried, what nothing beats (the front), and what it chose."""

    table: Path
    out: Path
    preset: str
    k_asked: tuple[int, int] | None = Field(description="fewest and most segments; null where the search chooses")
    seed: int
    floor: float
    money: str | None
    rows: int
    searched_rows: int = Field(
        description="rows the search was given: all, or drawn ones of a table too large for that"
    )
    carried_rows: int = Field(description="rows carried to the segments found on drawn ones; 0 where all were given")
    distinct_rows: int = Field(description="different ones among the rows the search was given")
    columns: int
    dims: int = Field(description="axes of the common space")
    ignored_columns: tuple[str, ...] = Field(description="columns that do not vary or that name rows")
    notes: tuple[str, ...] = Field((), description="pt-BR: which rows of the table were set aside, and why")
    refits: int
    trials: int = Field(description="segmentations the search would try with time enough")
    tried: int = Field(description="of these, tried and above the floor")
    measured: int = Field(description="of these, with stability and null")
    interrupted: bool
    silhouette_half_width: float = Field(description="half its 95 % interval when measured on a sample; 0 when exact")
    beyond_chance: bool | None = Field(
        description="whether what was chosen is tighter than chance; null if not measured"
    )
    chosen: FrontPoint
    front: tuple[FrontPoint, ...] = Field(description="best silhouette first")
    seconds: float


class ForecastPoint(Contract):
    """What is said of one coming period; the intervals hold 80 and 95 of 100 outcomes."""

    period: date = Field(description="its first day")
    value: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float


class BacktestPoint(Contract):
    """What would have been said of a past period, and what came."""

    period: date
    actual: float
    value: float
    low_80: float
    high_80: float


class Backtest(Contract):
    """The forecasts this code makes from past origins, seeing nothing later, held against what came."""

    origins: int
    forecasts: int = Field(description="origins × horizons whose outcome is known")
    mae: float = Field(description="mean absolute error, in units of the series")
    mae_naive: float = Field(description="of saying the value a season before")
    relative_mae: float | None = Field(description="mae / mae_naive; below 1 beats the naive one")
    wape: float | None = Field(description="sum of absolute errors over the sum of absolute values")
    coverage_80: float = Field(description="share of outcomes inside the 80 % interval known at the origin")
    coverage_95: float
    points: tuple[BacktestPoint, ...] = Field(description="of the newest origin whose whole horizon is known")


class SeriesForecast(Contract):
    """One series: what comes, how sure, and how right the same would have been in the past; or why not."""

    series: str
    every: str = Field(description="day, week, month, quarter or year")
    refused: str | None = Field(description="pt-BR: why nothing is forecast; None where it is")
    history: tuple[tuple[date, float], ...] = Field(description="one value a period, holes filled")
    points: tuple[ForecastPoint, ...]
    backtest: Backtest | None
    weights: dict[str, float] = Field(description="of the combined methods (pt-BR names), by their past errors")
    notes: tuple[str, ...] = Field(description="pt-BR: what was done to the rows, and what limits the forecast")


class ForecastResult(Contract):
    """The series of a table."""

    table: Path
    time: str
    value: str
    horizon: int
    series: tuple[SeriesForecast, ...]
    better_than_naive: float = Field(description="share of the series whose backtest is not worse than seasonal naive")
    coverage_80: float = Field(description="over all backtests")
    coverage_95: float
    notes: tuple[str, ...] = Field((), description="pt-BR: which rows of the table were set aside, and why")


class LeakFinding(Contract):
    """What the guard of `train_table` saw in a column or in the rows."""

    kind: str = Field(
        description="absent_in_test, constant, identifier, entity, knows_outcome, strong, same_survey, after_outcome, "
        "marks_time, row_order, time_order, duplicate_rows, oversampled_copies, synthetic_rows, moved_column or "
        "repeated_in_test"
    )
    column: str | None = Field(description="None when it is about rows")
    left_out: bool = Field(description="whether the column, or the rows, teach nothing")
    evidence: str = Field(description="pt-BR")
    auc_alone: float | None = Field(None, description="of the column alone, cross-validated")


class ReliabilityBin(Contract):
    """A tenth of the rows by what was said of them."""

    predicted: float
    observed: float
    rows: int


class TrainMeasures(Contract):
    """How good the predictions are on rows that did not teach (cross-validated, or later ones); None where undefined.

    Classification: log_loss, auc (of two classes), brier, ece and its floor (what a perfect score shows at this n).
    Regression: rmse, mae, r2, interval_90 (coverage). Survival: c_index and ibs (integrated Brier score).
    """

    rows: int
    events: int | None = None
    base_rate: float | None = None
    log_loss: float | None = None
    log_loss_base: float | None = Field(None, description="of saying the base rate of the teaching rows to everyone")
    auc: float | None = None
    auc_shuffled: float | None = Field(None, description="of the same with the label shuffled: 0.5 when nothing leaks")
    brier: float | None = None
    ece: float | None = None
    ece_floor: float | None = None
    rmse: float | None = None
    rmse_base: float | None = None
    mae: float | None = None
    r2: float | None = None
    interval_90: float | None = None
    c_index: float | None = None
    ibs: float | None = None
    ibs_base: float | None = Field(None, description="of the Kaplan-Meier curve of the teaching rows")
    gain_z: float | None = Field(None, description="gain over the base in standard errors of its mean")


class TrainResult(Contract):
    """What `train_table` learnt, whether it may be used, and what the guard found."""

    table: Path
    out: Path
    task: str
    label: str
    positive: str | None
    classes: tuple[str, ...]
    usable: bool = Field(description="whether rows that did not teach bear the model out; else the base rate is said")
    verdict: str = Field(description="pt-BR")
    rows: int
    rows_teaching: int
    drawn: str | None = Field(description="pt-BR: which rows were looked at, where the file has more than are held")
    notes: tuple[str, ...] = Field((), description="pt-BR: which rows of the tables were set aside, and why")
    columns: tuple[str, ...] = Field(description="those that were learnt from")
    findings: tuple[LeakFinding, ...]
    validation: str = Field(description="pt-BR: how the measures were taken")
    measures: TrainMeasures
    reliability: tuple[ReliabilityBin, ...]
    weights: dict[str, float] = Field(description="of the families of learners (pt-BR names)")
    importance: dict[str, float] = Field(description="mean absolute contribution of each column, largest first")
    moved_auc: float | None = Field(description="of telling the rows to predict (or the newest) from those that taught")
    times: tuple[float, ...] = Field(description="survival: the times of the columns survival_1, survival_2, …")
    predicted: str = Field(description="test, or out_of_fold")
    seed: int
    seconds: float


class ScoreAim(Contract):
    """One aim of a score, held against the truth of a demo drop."""

    score: str
    aim: str = Field(
        description="auc, auc_of_truth, ece, ece_worst_segment_over_floor, lift_over_oracle, interval_90, "
        "interval_90_worst_segment and interval_90_worst_large_segment (from 200 and 2,000 customers; _of_exact is "
        "what an exact interval shows there, _of_exact_meets how often it meets the aim), predicted_rate, "
        "observed_rate, or scored (no score to judge)"
    )
    figure: float | None = Field(description="null where there is nobody, or no segment that large, to judge")
    low: float | None = Field(None, description="95 % interval: bootstrap of customers, of a share that of Wilson")
    high: float | None = None
    minimum: float | None = Field(None, description="the aim is met from here")
    maximum: float | None = Field(None, description="and up to here")
    met: bool | None = Field(description="null where nothing is asked, or there is no figure")
    n: int
