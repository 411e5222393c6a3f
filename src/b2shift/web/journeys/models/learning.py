"""Splits that learn: the shares they draw with, set in batches and only added to, and what came of every draw."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from b2shift.web.journeys.models.stays import Enrolment, Version


class ShareBatch(models.Model):
    """The shares of one split from a day on, until the next; added, never changed."""

    journey_id = models.CharField(_("jornada"), max_length=120)
    step = models.CharField(_("passo"), max_length=40)
    evidence = models.CharField(_("do que são os resultados"), max_length=24)
    day = models.DateField(_("dia"))
    set_at = models.DateTimeField(_("definidas em"))

    class Meta:
        verbose_name = _("partes em vigor")
        verbose_name_plural = _("partes em vigor")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["journey_id", "step", "evidence", "day"], name="one_batch_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}.{self.step} {self.day}"


class ArmInForce(models.Model):
    """One arm's share among one group of customers, what was believed of it, and why; `group` empty: everyone else."""

    class Reason(models.TextChoices):
        STARTING = "starting", _("Parte inicial")
        LEARNT = "learnt", _("Aprendida")
        STOPPED = "stopped", _("Parado")

    batch = models.ForeignKey(ShareBatch, models.PROTECT, related_name="lines", verbose_name=_("partes em vigor"))
    group = models.CharField(_("grupo"), max_length=120)
    arm = models.CharField(_("braço"), max_length=120)
    share = models.FloatField(_("parte"))
    mean = models.FloatField(_("taxa esperada"))
    low = models.FloatField(_("de"))
    high = models.FloatField(_("até"))
    trials = models.IntegerField(_("sorteados"))
    successes = models.IntegerField(_("sucessos"))
    known = models.FloatField(_("conhecidos"))
    left = models.IntegerField(_("pediram para sair"))
    measured = models.FloatField(_("taxa medida"), null=True)
    measured_low = models.FloatField(_("taxa medida, de"), null=True)
    measured_high = models.FloatField(_("taxa medida, até"), null=True)
    reason = models.CharField(_("porquê"), max_length=8, choices=Reason.choices)

    class Meta:
        verbose_name = _("parte de um braço")
        verbose_name_plural = _("partes dos braços")
        ordering = ["batch_id", "id"]
        constraints = [models.UniqueConstraint(fields=["batch", "group", "arm"], name="one_share_an_arm")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.group} {self.arm} {self.share:.4f}"


class Trial(models.Model):
    """One draw of a split that learns, and what came of it, written once."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="trials", verbose_name=_("estada"))
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("versão"))
    journey_id = models.CharField(_("jornada"), max_length=120)
    step = models.CharField(_("passo"), max_length=40)
    evidence = models.CharField(_("do que são os resultados"), max_length=24)
    batch = models.ForeignKey(
        ShareBatch, models.PROTECT, null=True, related_name="trials", verbose_name=_("partes em vigor")
    )
    group = models.CharField(_("grupo"), max_length=120)
    arm = models.CharField(_("braço"), max_length=120)
    propensity = models.FloatField(_("parte no sorteio"))
    drawn_on = models.DateField(_("sorteado em"))
    ends_on = models.DateField(_("conta até"))
    held_before = models.BooleanField(_("a medida já valia"))
    success = models.BooleanField(_("sucesso"), null=True)
    success_after = models.IntegerField(_("dias até o sucesso"), null=True)
    left_after = models.IntegerField(_("dias até pedir para sair"), null=True)

    class Meta:
        verbose_name = _("sorteio que ensina")
        verbose_name_plural = _("sorteios que ensinam")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="one_trial_a_stay")]
        indexes = [
            models.Index(fields=["journey_id", "step", "evidence", "arm"], name="trial_of_arm"),
            models.Index(fields=["ends_on"], name="trial_open", condition=Q(success=None)),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}.{self.step} {self.arm}"
