"""How far each score can be believed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.crm.models.published import Published


class ScoreCard(Published):
    """The model card of one score, measured on later data."""

    score = models.CharField(_("score"), max_length=64, primary_key=True)
    label = models.CharField(_("nome"), max_length=120)
    method = models.CharField(_("modelo"), max_length=120, default="")
    usable = models.BooleanField(_("utilizável"), null=True)
    verdict = models.TextField(_("veredito"), default="")
    trained_rows = models.IntegerField(_("linhas de treino"), null=True)
    tested_rows = models.IntegerField(_("linhas de teste"), null=True)
    positives = models.IntegerField(_("eventos no teste"), null=True)
    base_rate = models.FloatField(_("taxa base"), null=True)
    auc = models.FloatField(_("AUC"), null=True)
    auc_baseline = models.FloatField(_("AUC da referência"), null=True)
    log_loss = models.FloatField(_("log-loss"), null=True)
    log_loss_base = models.FloatField(_("log-loss da taxa base"), null=True)
    brier = models.FloatField(_("Brier"), null=True)
    ece = models.FloatField(_("erro de calibração"), null=True)
    ece_floor = models.FloatField(_("erro de um score perfeito"), null=True)
    lift_top_decile = models.FloatField(_("lift do décimo mais arriscado"), null=True)
    reliability = models.JSONField(_("confiabilidade"), default=list)
    periods = models.TextField(_("períodos"), default="")

    class Meta:
        verbose_name = _("cartão do score")
        ordering = ["score"]

    def __str__(self) -> str:
        return self.label
