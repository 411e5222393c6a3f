"""What people make of proposals, what they do, and what came back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User
from b2shift.web.outbox.models import Message


class Draft(models.Model):
    """A contact somebody wrote out of a proposal, exactly as it would be delivered, until it is in the queue."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Espera aprovação")
        QUEUED = "queued", _("Na saída")
        REJECTED = "rejected", _("Recusado")
        WITHDRAWN = "withdrawn", _("Retirado")
        EXPIRED = "expired", _("Vencido")

    proposal_id = models.CharField(_("proposta"), max_length=64, db_index=True)
    rule_id = models.CharField(_("regra"), max_length=120)
    rule_name = models.CharField(_("nome da regra"), max_length=255, default="")
    customer_id = models.CharField(_("cliente"), max_length=80, db_index=True)
    person_id = models.CharField(_("pessoa"), max_length=80, null=True)
    channel = models.CharField(_("canal"), max_length=16)
    kind = models.CharField(_("tipo"), max_length=24)
    reason = models.TextField(_("razão"), default="")
    template = models.CharField(_("modelo"), max_length=80, default="")
    standard = models.TextField(_("texto do modelo"), default="")
    text = models.TextField(_("texto"))
    effect = models.JSONField(_("efeito"))
    payload = models.JSONField(_("conteúdo"))
    approvals = models.JSONField(_("aprovações"), default=list)
    state = models.CharField(_("estado"), max_length=12, choices=State.choices, default=State.WAITING)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("autor"))
    created_at = models.DateTimeField(_("criado em"))
    expires_at = models.DateTimeField(_("vence em"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("decidido por"))
    decided_at = models.DateTimeField(_("decidido em"), null=True)
    why = models.TextField(_("motivo"), default="")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="drafts", verbose_name=_("mensagem"))

    class Meta:
        verbose_name = _("contato preparado")
        verbose_name_plural = _("contatos preparados")
        ordering = ["-id"]
        indexes = [models.Index(fields=["expires_at", "id"], name="draft_waiting", condition=Q(state="waiting"))]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal_id", "channel"], condition=Q(state="waiting"), name="one_waiting_draft"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.channel} {self.state}"


class Task(models.Model):
    """Something a person does with a customer: a call, a meeting, a visit."""

    class Outcome(models.TextChoices):
        DONE = "feito", _("Feito")
        SILENT = "sem_resposta", _("Sem resposta")
        REFUSED = "recusou", _("Recusou")
        ACCEPTED = "aceitou", _("Aceitou")

    key = models.CharField(_("chave de unicidade"), max_length=200, unique=True)
    customer_id = models.CharField(_("cliente"), max_length=80, db_index=True)
    person_id = models.CharField(_("pessoa"), max_length=80, null=True)
    proposal_id = models.CharField(_("proposta"), max_length=64, default="")
    rule_id = models.CharField(_("regra"), max_length=120, default="")
    kind = models.CharField(_("tipo"), max_length=24, default="")
    channel = models.CharField(_("canal"), max_length=16)
    title = models.CharField(_("título"), max_length=300)
    text = models.TextField(_("roteiro"), default="")
    owner_id = models.CharField(_("responsável"), max_length=32, default="", db_index=True)
    due_on = models.DateField(_("prazo"), null=True)
    created_at = models.DateTimeField(_("criada em"))
    outcome = models.CharField(_("resultado"), max_length=16, choices=Outcome.choices, default="")
    told = models.PositiveSmallIntegerField(_("passos de aviso dados"), default=0)

    class Meta:
        verbose_name = _("tarefa")
        verbose_name_plural = _("tarefas")
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on", "id"], name="task_open", condition=Q(outcome=""))]

    def __str__(self) -> str:
        return f"{self.key} {self.outcome}"


class Outcome(models.Model):
    """What came of a contact, by a person's word or by what happened; added, never changed. The newest holds."""

    key = models.CharField(_("contato"), max_length=200, db_index=True)
    customer_id = models.CharField(_("cliente"), max_length=80, db_index=True)
    proposal_id = models.CharField(_("proposta"), max_length=64, default="")
    rule_id = models.CharField(_("regra"), max_length=120, default="")
    kind = models.CharField(_("tipo"), max_length=24, default="")
    channel = models.CharField(_("canal"), max_length=16)
    value = models.CharField(_("resultado"), max_length=24)
    origin = models.CharField(_("origem"), max_length=40)
    by = models.CharField(_("por"), max_length=254, default="")
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("resultado")
        verbose_name_plural = _("resultados")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["proposal_id", "id"], name="outcome_of_proposal"),
            models.Index(fields=["at"], name="outcome_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


class Notice(models.Model):
    """A message inside the product or the portal, for whoever embeds it to show."""

    key = models.CharField(_("chave de unicidade"), max_length=200, unique=True)
    customer_id = models.CharField(_("cliente"), max_length=80, db_index=True)
    person_id = models.CharField(_("pessoa"), max_length=80, null=True)
    place = models.CharField(_("lugar"), max_length=16)
    title = models.CharField(_("título"), max_length=300)
    text = models.TextField(_("texto"))
    created_at = models.DateTimeField(_("criado em"))

    class Meta:
        verbose_name = _("aviso")
        verbose_name_plural = _("avisos")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.key} {self.place}"


class Incoming(models.Model):
    """What a customer wrote back."""

    external_id = models.CharField(_("código no provedor"), max_length=255, unique=True)
    customer_id = models.CharField(_("cliente"), max_length=80, db_index=True)
    person_id = models.CharField(_("pessoa"), max_length=80, null=True)
    channel = models.CharField(_("canal"), max_length=16)
    sender = models.CharField(_("remetente"), max_length=254)
    subject = models.CharField(_("assunto"), max_length=300, default="")
    text = models.TextField(_("texto"), default="")
    answers = models.ForeignKey(
        Message, models.PROTECT, null=True, related_name="replies", verbose_name=_("resposta a")
    )
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("mensagem recebida")
        verbose_name_plural = _("mensagens recebidas")
        ordering = ["-id"]
        indexes = [models.Index(fields=["channel", "sender", "at"], name="incoming_by_sender")]

    def __str__(self) -> str:
        return f"{self.external_id} {self.channel}"


class Receipt(models.Model):
    """What became of a delivered message, as its provider or a link told: once per event, however often it is told."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("Entregue")
        READ = "read", _("Lida")
        FAILED = "failed", _("Devolvida")
        CLICKED = "clicked", _("Clicada")
        OPENED = "opened", _("Aberta (estimativa)")
        REPLIED = "replied", _("Respondida")
        LEFT = "left", _("Descadastro")

    message = models.ForeignKey(Message, models.PROTECT, related_name="receipts", verbose_name=_("mensagem"))
    kind = models.CharField(_("o quê"), max_length=12, choices=Kind.choices)
    detail = models.TextField(_("detalhe"), default="")
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("recibo")
        verbose_name_plural = _("recibos")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["message", "kind"], name="one_receipt_a_kind")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.kind}"


class BlockedAddress(models.Model):
    """An address that gave a message back; only its digest is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    why = models.TextField(_("motivo"), default="")
    at = models.DateTimeField(_("em"))

    class Meta:
        verbose_name = _("endereço bloqueado")
        verbose_name_plural = _("endereços bloqueados")

    def __str__(self) -> str:
        return self.digest
