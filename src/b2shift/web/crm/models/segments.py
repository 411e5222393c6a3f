"""The segmentation: its segments, what marks each, and the models it was chosen from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.crm.models.published import Published


class Segment(Published):
    """A segment of the catalogue. Figures are over the whole base; what a person sees comes from `crm.reading`."""

    segment_id = models.CharField(_("código"), max_length=64, primary_key=True)
    name = models.CharField(_("nome"), max_length=160)
    paragraph = models.TextField(_("descrição"), default="")
    customers = models.IntegerField(_("clientes"), default=0)
    share = models.FloatField(_("participação"), default=0)
    mrr = models.DecimalField(_("MRR"), max_digits=18, decimal_places=2, default=0)
    mrr_median = models.DecimalField(_("MRR mediano"), max_digits=18, decimal_places=2, null=True)
    churn_mean = models.FloatField(_("risco médio de churn"), null=True)
    nps = models.FloatField(_("NPS"), null=True)
    health_mean = models.FloatField(_("saúde média"), null=True)
    top_traits = models.JSONField(_("traços"), default=list)
    exemplars = models.JSONField(_("exemplares"), default=list)
    archetype = models.CharField(_("arquétipo da régua"), max_length=120, default="")
    archetype_similarity = models.FloatField(_("semelhança com o arquétipo"), null=True)
    archetype_why = models.TextField(_("por que este arquétipo"), default="")

    class Meta:
        verbose_name = _("segmento")
        verbose_name_plural = _("segmentos")
        ordering = ["-customers", "segment_id"]

    def __str__(self) -> str:
        return self.name


class SegmentTrait(Published):
    """Prevalence and lift of one trait in one segment, with its interval."""

    segment = models.ForeignKey(
        Segment, models.DO_NOTHING, db_constraint=False, related_name="traits", verbose_name=_("segmento")
    )
    trait = models.CharField(_("traço"), max_length=160)
    label = models.CharField(_("frase"), max_length=255)
    prevalence = models.FloatField(_("prevalência"))
    low = models.FloatField(_("limite inferior"), null=True)
    high = models.FloatField(_("limite superior"), null=True)
    overall = models.FloatField(_("na base"), null=True)
    lift = models.FloatField(_("lift"), null=True)
    members = models.IntegerField(_("membros com o traço"), default=0)

    class Meta:
        verbose_name = _("traço do segmento")
        constraints = [models.UniqueConstraint(fields=["segment", "trait"], name="one_row_per_segment_and_trait")]
        ordering = ["-lift", "trait"]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.label}"


class SegmentModel(Published):
    """One candidate of the model selection and what it measured."""

    view = models.CharField(_("visão"), max_length=64)
    representation = models.CharField(_("forma das colunas"), max_length=40, default="")
    algorithm = models.CharField(_("algoritmo"), max_length=40)
    k = models.IntegerField(_("segmentos"))
    silhouette = models.FloatField(_("silhueta"), null=True)
    davies_bouldin = models.FloatField(_("Davies-Bouldin"), null=True)
    calinski_harabasz = models.FloatField(_("Calinski-Harabasz"), null=True)
    null_silhouette = models.FloatField(_("silhueta nula"), null=True)
    null_excess = models.FloatField(_("excesso sobre o nulo"), null=True)
    stability = models.FloatField(_("estabilidade"), null=True)
    smallest_share = models.FloatField(_("menor participação"), null=True)
    explainability = models.FloatField(_("explicabilidade"), null=True)
    churn_explained = models.FloatField(_("churn explicado"), null=True)
    mrr_explained = models.FloatField(_("MRR explicado"), null=True)
    meets_floor = models.BooleanField(_("atinge o piso"), null=True)
    on_front = models.BooleanField(_("na fronteira"), null=True)
    chosen = models.BooleanField(_("escolhido"), default=False)
    reason = models.TextField(_("razão"), default="")
    seconds = models.FloatField(_("segundos"), null=True)

    class Meta:
        verbose_name = _("modelo de segmentação")
        constraints = [
            models.UniqueConstraint(fields=["view", "algorithm", "k"], name="one_row_per_candidate"),
        ]
        ordering = ["-chosen", "view", "algorithm", "k"]

    def __str__(self) -> str:
        return f"{self.algorithm} k={self.k}"
