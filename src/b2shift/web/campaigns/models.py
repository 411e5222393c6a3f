"""Campaigns, and for each customer of one whether it reached them, by what, and why not."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User
from b2shift.web.campaigns import control_group
from b2shift.web.crm.models import Customer
from b2shift.web.outbox.models import Message


class Campaign(models.Model):
    """The same words to many customers; from the first yes on neither words nor customers change."""

    class State(models.TextChoices):
        COUNTING = "counting", _("Contando")
        READY = "ready", _("Contada")
        WAITING = "waiting", _("Espera aprovação")
        RUNNING = "running", _("Em envio")
        PAUSED = "paused", _("Pausada")
        DONE = "done", _("Terminada")
        STOPPED = "stopped", _("Encerrada antes do fim")
        REJECTED = "rejected", _("Recusada")

    name = models.CharField(_("nome"), max_length=120)
    kind = models.CharField(_("tipo"), max_length=24)
    group = models.CharField(_("grupo de limites"), max_length=120)
    channels = models.JSONField(_("canais, na ordem"))
    subject = models.CharField(_("assunto"), max_length=150)
    text = models.TextField(_("texto do e-mail"))
    short = models.TextField(_("texto curto"))
    message = models.TextField(_("mensagem-chave"))
    audience = models.JSONField(_("filtros do público"), default=dict)
    recipients = models.IntegerField(_("clientes"))
    per_hour = models.IntegerField(_("por hora, no máximo"), default=0)
    control_share = models.IntegerField(_("grupo de controle"), default=control_group.USUAL)
    state = models.CharField(_("estado"), max_length=12, choices=State.choices, default=State.COUNTING)
    approvals = models.JSONField(_("aprovações"), default=list)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("autor"))
    created_at = models.DateTimeField(_("criada em"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("decidida por"))
    decided_at = models.DateTimeField(_("decidida em"), null=True)
    why = models.CharField(_("motivo"), max_length=1000, default="")

    class Meta:
        verbose_name = _("campanha")
        verbose_name_plural = _("campanhas")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"

    @property
    def code(self) -> str:
        """What stops its messages, and what they name as their rule."""
        return f"campanha-{self.pk}"


class Recipient(models.Model):
    """One customer of a campaign."""

    class State(models.TextChoices):
        NEW = "new", _("A contar")
        REACHABLE = "reachable", _("Alcançável")
        LEFT_OUT = "left_out", _("De fora")
        QUEUED = "queued", _("Na saída")
        CONTROL = "control", _("Grupo de controle")

    class Arm(models.TextChoices):
        """How the lot fell; empty for who took no part in one."""

        TREATED = "treated", _("Contatados")
        CONTROL = "control", _("Grupo de controle")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="all_recipients", verbose_name=_("campanha"))
    customer = models.ForeignKey(
        Customer,
        models.DO_NOTHING,
        to_field="customer_id",
        db_constraint=False,
        related_name="+",
        verbose_name=_("cliente"),
    )
    state = models.CharField(_("estado"), max_length=12, choices=State.choices, default=State.NEW)
    channel = models.CharField(_("canal"), max_length=16, default="")
    arm = models.CharField(_("sorteio"), max_length=8, choices=Arm.choices, default="")
    """Written at the lot and never changed after: an effect is measured on it, whatever became of the contact."""
    code = models.CharField(_("por que de fora"), max_length=40, default="")
    reason = models.TextField(_("razão"), default="")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+", verbose_name=_("mensagem"))
    queued_at = models.DateTimeField(_("na saída desde"), null=True)

    class Meta:
        verbose_name = _("cliente de campanha")
        verbose_name_plural = _("clientes de campanhas")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "customer"], name="one_recipient_a_customer"),
            models.CheckConstraint(
                condition=models.Q(state="control", arm="control")
                | ~models.Q(state="control") & ~models.Q(arm="control"),
                name="who_is_in_control_stays_in_control",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state", "id"], name="recipient_by_state"),
            models.Index(fields=["message"], name="recipient_of_message"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.customer_id} {self.state}"
