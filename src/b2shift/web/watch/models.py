"""Alerts and what fired, reports and what was made of them, and notices to people of the house."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from b2shift.insight.contracts import AlertRule
from b2shift.metrics.api import Scope
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.models import User


class Alert(models.Model):
    """A number somebody wants to hear of when it crosses a line, over the rows they saw when they asked."""

    class Cadence(models.TextChoices):
        RUN = "run", _("a cada carga")
        WEEK = "week", _("uma vez por semana")
        MONTH = "month", _("uma vez por mês")

    class Via(models.TextChoices):
        NOTICE = "notice", _("Aviso no produto")
        EMAIL = "email", _("E-mail")
        SLACK = "slack", _("Slack, no canal da equipe")

    owner = models.ForeignKey(User, models.CASCADE, related_name="alerts", verbose_name=_("pessoa"))
    text = models.CharField(_("texto"), max_length=300)
    query = models.JSONField(_("consulta"))
    rule = models.JSONField(_("regra"))
    scope = models.JSONField(_("escopo"))
    cadence = models.CharField(_("quando olhar"), max_length=8, choices=Cadence.choices, default=Cadence.RUN)
    via = models.JSONField(_("por onde avisar"), default=list)
    paused = models.BooleanField(_("em pausa"), default=False)
    standing = models.JSONField(_("grupos além do limite"), default=list)
    last_look = models.CharField(_("última vez que olhou"), max_length=20, default="")
    last_value = models.FloatField(_("último valor"), null=True)
    looked_at = models.DateTimeField(_("olhado em"), null=True)
    trouble = models.CharField(_("o que impede"), max_length=300, default="")
    created_at = models.DateTimeField(_("criado em"), default=timezone.now)
    ended_at = models.DateTimeField(_("encerrado em"), null=True)

    class Meta:
        verbose_name = _("alerta")
        verbose_name_plural = _("alertas")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text

    @property
    def typed(self) -> TypedQuery:
        """The query of the question."""
        return TypedQuery.model_validate(self.query)

    @property
    def typed_rule(self) -> AlertRule:
        """When it fires."""
        return AlertRule.model_validate(self.rule)

    @property
    def rows(self) -> Scope:
        """The rows it counts."""
        return Scope.model_validate(self.scope)


class Firing(models.Model):
    """The number crossed the line: kept as it was then, once for a look and a group."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="firings", verbose_name=_("alerta"))
    look = models.CharField(_("vez"), max_length=20)
    group = models.CharField(_("grupo"), max_length=120, default="")
    label = models.CharField(_("nome do grupo"), max_length=200, default="")
    value = models.FloatField(_("valor"))
    counted = models.IntegerField(_("clientes contados"))
    query = models.JSONField(_("consulta"))
    fingerprint = models.CharField(_("código da resposta"), max_length=32)
    version = models.IntegerField(_("versão dos dados"))
    as_of = models.DateField(_("dados até"))
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("disparo")
        verbose_name_plural = _("disparos")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["alert", "look", "group"], name="one_firing_a_look")]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.look} {self.group}"


class HouseNotice(models.Model):
    """A notice inside the product to one person of the house."""

    key = models.CharField(_("chave de unicidade"), max_length=200, unique=True)
    person = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("pessoa"))
    title = models.CharField(_("título"), max_length=300)
    text = models.TextField(_("texto"))
    path = models.CharField(_("endereço"), max_length=300, default="")
    created_at = models.DateTimeField(_("criado em"), default=timezone.now)
    read_at = models.DateTimeField(_("lido em"), null=True)

    class Meta:
        verbose_name = _("aviso")
        verbose_name_plural = _("avisos")
        ordering = ["-id"]
        indexes = [models.Index(fields=["person"], name="notice_unread", condition=models.Q(read_at=None))]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class PushDevice(models.Model):
    """A browser in which a person of the house asked for notices."""

    person = models.ForeignKey(User, models.CASCADE, related_name="devices", verbose_name=_("pessoa"))
    endpoint = models.CharField(_("endereço no serviço de avisos"), max_length=1000, unique=True)
    key = models.CharField(_("chave do navegador"), max_length=120)
    secret = models.CharField(_("segredo do navegador"), max_length=40)
    label = models.CharField(_("navegador"), max_length=120, default="")
    created_at = models.DateTimeField(_("desde"), default=timezone.now)

    class Meta:
        verbose_name = _("aparelho")
        verbose_name_plural = _("aparelhos")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.label}"


class Goal(models.Model):
    """What a metric should reach by the end of a month, set by a person."""

    metric = models.CharField(_("métrica"), max_length=60)
    month = models.DateField(_("mês"))
    value = models.FloatField(_("meta"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("por"))
    at = models.DateTimeField(_("em"), default=timezone.now)

    class Meta:
        verbose_name = _("meta")
        verbose_name_plural = _("metas")
        ordering = ["metric", "month"]
        constraints = [models.UniqueConstraint(fields=["metric", "month"], name="one_goal_a_month")]

    def __str__(self) -> str:
        return f"{self.metric} {self.month}"


class Report(models.Model):
    """Kept answers that go to people on their day, each over the rows that person sees."""

    class Days(models.TextChoices):
        WEEKLY = "weekly", _("toda semana, no primeiro dia útil")
        MONTHLY = "monthly", _("todo mês, no primeiro dia útil")
        BUSINESS = "business", _("todo dia útil")

    owner = models.ForeignKey(User, models.CASCADE, related_name="reports", verbose_name=_("pessoa"))
    title = models.CharField(_("título"), max_length=120)
    answers = models.JSONField(_("respostas"))
    people = models.ManyToManyField(User, related_name="+", verbose_name=_("quem recebe"))
    days = models.CharField(_("quando"), max_length=8, choices=Days.choices, default=Days.MONTHLY)
    formats = models.JSONField(_("formatos"), default=list)
    paused = models.BooleanField(_("em pausa"), default=False)
    created_at = models.DateTimeField(_("criado em"), default=timezone.now)
    ended_at = models.DateTimeField(_("encerrado em"), null=True)

    class Meta:
        verbose_name = _("relatório")
        verbose_name_plural = _("relatórios")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """One file of a report for one person on one day."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="editions", verbose_name=_("relatório"))
    person = models.ForeignKey(User, models.CASCADE, related_name="editions", verbose_name=_("pessoa"))
    day = models.DateField(_("dia"))
    format = models.CharField(_("formato"), max_length=4)
    name = models.CharField(_("arquivo"), max_length=160)
    content = models.BinaryField(_("conteúdo"))
    scope = models.CharField(_("escopo"), max_length=300)
    rows_counted = models.JSONField(_("linhas contadas"), null=True)
    version = models.IntegerField(_("versão dos dados"))
    fingerprints = models.JSONField(_("códigos das respostas"), default=list)
    made_at = models.DateTimeField(_("feito em"), default=timezone.now)

    class Meta:
        verbose_name = _("edição")
        verbose_name_plural = _("edições")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["report", "person", "day", "format"], name="one_edition_a_day")]

    def __str__(self) -> str:
        return self.name

    @property
    def rows(self) -> Scope | str:
        """The rows it counted; of an edition that a former release made, the text it was told with."""
        return self.scope if self.rows_counted is None else Scope.model_validate(self.rows_counted)
