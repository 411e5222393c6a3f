"""Messages on their way out, what people allow, and what stops them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One effect on one customer, from the decision to the provider's answer."""

    class State(models.TextChoices):
        PENDING = "pending", _("Na fila")
        LEASED = "leased", _("Reservada")
        SENDING = "sending", _("Em envio")
        SENT = "sent", _("Enviada")
        IN_DOUBT = "in_doubt", _("Em dúvida")
        DEAD = "dead", _("Não entregue")
        SUPPRESSED = "suppressed", _("Suprimida")
        EXPIRED = "expired", _("Vencida")

    dedupe_key = models.CharField(_("chave de unicidade"), max_length=200, unique=True)
    customer_id = models.CharField(_("cliente"), max_length=80)
    person_id = models.CharField(_("pessoa"), max_length=80, null=True)
    channel = models.CharField(_("canal"), max_length=16)
    group = models.CharField(_("grupo"), max_length=120)
    switch = models.CharField(_("parada com"), max_length=16, default="")
    effect = models.JSONField(_("efeito"))
    payload = models.JSONField(_("conteúdo"))
    state = models.CharField(_("estado"), max_length=12, choices=State.choices, default=State.PENDING)
    attempts = models.IntegerField(_("tentativas"), default=0)
    due_at = models.DateTimeField(_("a partir de"))
    expires_at = models.DateTimeField(_("até"), null=True)
    leased_by = models.CharField(_("reservada por"), max_length=80, default="")
    leased_until = models.DateTimeField(_("reservada até"), null=True)
    provider_id = models.CharField(_("código no provedor"), max_length=200, default="")
    reason = models.TextField(_("motivo"), default="")
    created_at = models.DateTimeField(_("criada em"))
    sent_at = models.DateTimeField(_("enviada em"), null=True)

    class Meta:
        verbose_name = _("mensagem")
        verbose_name_plural = _("mensagens")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="message_pending", condition=Q(state="pending")),
            models.Index(fields=["leased_until"], name="message_leased", condition=Q(state__in=["leased", "sending"])),
            models.Index(
                fields=["customer_id", "id"],
                name="message_unfinished",
                condition=Q(state__in=["pending", "leased", "sending"]),
            ),
            models.Index(fields=["customer_id", "sent_at"], name="message_of_customer"),
            models.Index(fields=["channel", "sent_at"], name="message_of_channel", condition=Q(state="sent")),
        ]

    def __str__(self) -> str:
        return f"{self.dedupe_key} ({self.state})"


class Permission(models.Model):
    """What a customer, or one person there, said of a channel for a purpose, with its proof.

    The newest word holds; `*` is every channel, or every purpose.
    """

    customer_id = models.CharField(_("cliente"), max_length=80)
    person_id = models.CharField(_("pessoa"), max_length=80, null=True)
    channel = models.CharField(_("canal"), max_length=16)
    purpose = models.CharField(_("finalidade"), max_length=40, default="*")
    given = models.BooleanField(_("permitido"))
    origin = models.CharField(_("origem"), max_length=80)
    text_version = models.CharField(_("versão do texto"), max_length=80, default="")
    proof = models.TextField(_("prova"), default="")
    by = models.CharField(_("registrado por"), max_length=254, default="")
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("permissão")
        verbose_name_plural = _("permissões")
        ordering = ["id"]
        indexes = [models.Index(fields=["customer_id", "id"], name="permission_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel} {self.given}"


class Hold(models.Model):
    """Why nothing automatic reaches a customer, or one person there, for now: an open review of a decision, or an
    opposition not answered yet."""

    customer_id = models.CharField(_("cliente"), max_length=80, db_index=True)
    person_id = models.CharField(_("pessoa"), max_length=80, null=True)
    cause = models.CharField(_("pedido"), max_length=40, unique=True)
    at = models.DateTimeField(_("desde"))

    class Meta:
        verbose_name = _("espera por revisão")
        verbose_name_plural = _("esperas por revisão")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.cause}"


class Switch(models.Model):
    """What is stopped: a channel, the messages that name it as theirs (those of a campaign), or everything (`*`)."""

    name = models.CharField(_("canal"), max_length=16, primary_key=True)
    stopped = models.BooleanField(_("parado"), default=False)
    by = models.CharField(_("por"), max_length=254, default="")
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("chave de parada")
        verbose_name_plural = _("chaves de parada")

    def __str__(self) -> str:
        return f"{self.name} {self.stopped}"


class Circuit(models.Model):
    """How a channel's provider has been answering: after failures in a row nothing is tried for a while."""

    channel = models.CharField(_("canal"), max_length=16, primary_key=True)
    failures = models.IntegerField(_("falhas seguidas"), default=0)
    open_until = models.DateTimeField(_("em espera até"), null=True)

    class Meta:
        verbose_name = _("disjuntor")
        verbose_name_plural = _("disjuntores")

    def __str__(self) -> str:
        return f"{self.channel} {self.failures}"
