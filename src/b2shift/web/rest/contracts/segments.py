"""Segments, the models they were chosen from and the cards of the scores, as programs read them."""

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.web.rest.column_descriptions import Columns
from b2shift.web.rest.contracts.base import Page, RecurringRevenue, Text

_catalogue, _trait = Columns("segment_catalogue"), Columns("segment_profiles")
_model, _card, _archetype = Columns("segment_models"), Columns("score_cards"), Columns("segment_archetypes")


class SegmentSummary(Contract):
    """A segment; figures are over the customers you see, traits over the whole base."""

    segment_id: str = _catalogue("segment_id")
    name: str = _catalogue("name")
    paragraph: Text = Field(description="a few sentences with figures of the whole base; null for who sees less of it")
    customers: int = Field(description="members among the customers you see")
    share: float = Field(description="those members over all customers you see in a segment, 0 to 1")
    mrr: RecurringRevenue = Field(description="their MRR, BRL; null where no recurring revenue was ever delivered")
    churn_mean: float | None = Field(description="their mean churn risk; null when none is scored")
    health_mean: float | None = Field(description="their mean health, 0 to 100")
    nps: float | None = Field(description="NPS of their answers of twelve months; null with fewer than three")
    top_traits: tuple[str, ...] = _catalogue("top_traits")
    exemplars: tuple[str, ...] = Field(description="customers nearest the centre, of those you see")
    archetype: Text = _archetype("archetype")


class Trait(Contract):
    """How common a trait is in a segment and in the whole base."""

    trait: str = _trait("trait")
    label: str = _trait("label")
    prevalence: float = _trait("prevalence")
    low: float | None = _trait("low")
    high: float | None = _trait("high")
    overall: float | None = _trait("overall")
    lift: float | None = _trait("lift")


class Segment(SegmentSummary):
    """A segment with what marks it."""

    archetype_similarity: float | None = _archetype("similarity")
    archetype_why: Text = _archetype("why")
    traits: tuple[Trait, ...] = Field(description="strongest lift first")


class SegmentPage(Page[SegmentSummary]):
    """Every segment, largest first."""


class SegmentModel(Contract):
    """One segmentation that was tried and what it measured."""

    view: str = _model("view")
    representation: str = _model("representation")
    algorithm: str = _model("algorithm")
    k: int = _model("k")
    silhouette: float | None = _model("silhouette")
    davies_bouldin: float | None = _model("davies_bouldin")
    calinski_harabasz: float | None = _model("calinski_harabasz")
    null_silhouette: float | None = _model("null_silhouette")
    null_excess: float | None = _model("null_excess")
    stability: float | None = _model("stability")
    smallest_share: float | None = _model("smallest_share")
    explainability: float | None = _model("explainability")
    churn_explained: float | None = _model("churn_explained")
    mrr_explained: float | None = _model("mrr_explained")
    meets_floor: bool | None = _model("meets_floor")
    on_front: bool | None = _model("on_front")
    chosen: bool = _model("chosen")
    reason: Text = _model("reason")
    seconds: float | None = _model("seconds")


class SegmentModelPage(Page[SegmentModel]):
    """Every candidate, the chosen one first."""


class ReliabilityBin(Contract):
    """Customers of one bin of predictions, and what came true."""

    predicted: float | None
    observed: float | None
    customers: int


class ScoreCard(Contract):
    """How far a score can be believed, measured on later data."""

    score: str = _card("score")
    label: str = _card("label")
    method: Text = _card("method")
    usable: bool | None = _card("usable")
    verdict: Text = _card("verdict")
    trained_rows: int | None = _card("trained_rows")
    tested_rows: int | None = _card("tested_rows")
    positives: int | None = _card("positives")
    base_rate: float | None = _card("base_rate")
    auc: float | None = _card("auc")
    auc_baseline: float | None = _card("auc_baseline")
    log_loss: float | None = _card("log_loss")
    log_loss_base: float | None = _card("log_loss_base")
    brier: float | None = _card("brier")
    ece: float | None = _card("ece")
    ece_floor: float | None = _card("ece_floor")
    lift_top_decile: float | None = _card("lift_top_decile")
    reliability: tuple[ReliabilityBin, ...] = _card("reliability")
    periods: Text = _card("periods")


class ScoreCardPage(Page[ScoreCard]):
    """Every card."""
