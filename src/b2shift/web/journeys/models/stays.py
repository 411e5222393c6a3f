"""Versions of journeys, how each one runs, who is inside, and what happened to them; the story is only added to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User
from b2shift.web.crm.models import Customer


class Version(models.Model):
    """A journey's text as somebody proposed it; once decided it never changes."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Espera aprovação")
        APPROVED = "approved", _("Aprovada")
        REFUSED = "refused", _("Recusada")

    journey_id = models.CharField(_("jornada"), max_length=120)
    number = models.IntegerField(_("versão"))
    name = models.CharField(_("nome"), max_length=120)
    text = models.TextField(_("texto"))
    note = models.CharField(_("o que mudou"), max_length=300, default="")
    state = models.CharField(_("estado"), max_length=12, choices=State.choices, default=State.PROPOSED)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("autor"))
    created_at = models.DateTimeField(_("criada em"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("decidida por"))
    decided_at = models.DateTimeField(_("decidida em"), null=True)
    why = models.CharField(_("motivo"), max_length=1000, default="")

    class Meta:
        verbose_name = _("versão de jornada")
        verbose_name_plural = _("versões de jornadas")
        ordering = ["journey_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["journey_id", "number"], name="one_number_a_version")]

    def __str__(self) -> str:
        return f"{self.journey_id} v{self.number}"


class Running(models.Model):
    """How a journey runs: the version new ones enter, and whether it goes on."""

    class Mode(models.TextChoices):
        ACTIVE = "active", _("Em curso")
        PAUSED = "paused", _("Pausada")
        DRAINING = "draining", _("Sem novas entradas")

    journey_id = models.CharField(_("jornada"), max_length=120, primary_key=True)
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("versão"))
    mode = models.CharField(_("como corre"), max_length=12, choices=Mode.choices, default=Mode.ACTIVE)
    looked = models.CharField(_("última leitura dos dados"), max_length=80, default="")
    by = models.CharField(_("por"), max_length=254, default="")
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("jornada em curso")
        verbose_name_plural = _("jornadas em curso")
        ordering = ["journey_id"]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.mode}"


class Enrolment(models.Model):
    """One stay of a customer in a journey: where they are, by which version, and what came of it."""

    class State(models.TextChoices):
        INSIDE = "inside", _("Dentro")
        HELD = "held", _("Grupo de controle")
        ENDED = "ended", _("Encerrada")

    version = models.ForeignKey(Version, models.PROTECT, related_name="enrolments", verbose_name=_("versão"))
    journey_id = models.CharField(_("jornada"), max_length=120)
    type = models.CharField(_("tipo"), max_length=24)
    theme = models.CharField(_("tema"), max_length=120)
    customer = models.ForeignKey(
        Customer,
        models.DO_NOTHING,
        to_field="customer_id",
        db_constraint=False,
        related_name="enrolments",
        verbose_name=_("cliente"),
    )
    occasion = models.CharField(_("ocasião"), max_length=120)
    reason = models.TextField(_("razão"), default="")
    classes = models.JSONField(_("classes na entrada"), default=dict)
    facts = models.JSONField(_("o que se sabe"), default=dict)
    facts_on = models.DateField(_("sabido em"), null=True)
    state = models.CharField(_("estado"), max_length=8, choices=State.choices, default=State.INSIDE)
    step = models.CharField(_("passo"), max_length=40)
    since = models.DateTimeField(_("no passo desde"))
    wakes_at = models.DateTimeField(_("acorda em"), null=True)
    asked = models.BooleanField(_("já pediu"), default=False)
    heard = models.BigIntegerField(_("última resposta ouvida"), default=0)
    considered = models.BigIntegerField(_("último resultado visto"), default=0)
    entered_at = models.DateTimeField(_("entrou em"))
    ended_at = models.DateTimeField(_("encerrada em"), null=True)
    outcome = models.CharField(_("desfecho"), max_length=120, default="")
    goal = models.BooleanField(_("chegou ao objetivo"), default=False)
    measure_at = models.DateTimeField(_("medir em"))
    measured = models.BooleanField(_("medida: alcançou"), null=True)

    class Meta:
        verbose_name = _("estada em jornada")
        verbose_name_plural = _("estadas em jornadas")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["journey_id", "customer", "occasion"], name="one_stay_an_occasion"),
            models.UniqueConstraint(
                fields=["theme", "customer"], condition=~Q(state="ended"), name="one_journey_of_a_theme"
            ),
        ]
        indexes = [
            models.Index(fields=["wakes_at", "id"], name="enrolment_wakes", condition=~Q(state="ended")),
            models.Index(fields=["journey_id", "state", "step"], name="enrolment_by_step"),
            models.Index(fields=["measure_at"], name="enrolment_to_measure", condition=Q(measured=None)),
            models.Index(fields=["customer", "id"], name="enrolment_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.customer_id} {self.occasion}"


class Passage(models.Model):
    """One thing that happened in a stay; added, never changed."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="passages", verbose_name=_("estada"))
    sequence = models.IntegerField(_("sequência"))
    kind = models.CharField(_("o quê"), max_length=12)
    step = models.CharField(_("passo"), max_length=40)
    detail = models.JSONField(_("detalhe"), default=dict)
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("passagem")
        verbose_name_plural = _("passagens")
        ordering = ["enrolment_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "sequence"], name="one_passage_a_number")]
        indexes = [models.Index(fields=["kind", "step"], name="passage_by_step")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}.{self.sequence} {self.kind} {self.step}"


class Sketch(models.Model):
    """A journey somebody is drawing: every text it had, so that each change can be undone."""

    journey_id = models.CharField(_("jornada"), max_length=120)
    author = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("autor"))
    texts = models.JSONField(_("textos"), default=list)
    place = models.IntegerField(_("onde está"), default=0)
    changed_at = models.DateTimeField(_("mudou em"))

    class Meta:
        verbose_name = _("rascunho de jornada")
        verbose_name_plural = _("rascunhos de jornadas")
        constraints = [models.UniqueConstraint(fields=["journey_id", "author"], name="one_sketch_a_person")]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.author_id}"
