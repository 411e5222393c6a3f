"""What data subjects asked for, who worked on it, and how it ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User


class RightsRequest(models.Model):
    """One request of a natural person, from its protocol to its answer (LGPD, arts. 18 to 20)."""

    class Kind(models.TextChoices):
        ACCESS = "acesso", _("Acesso aos dados")
        CORRECTION = "correcao", _("Correção")
        EXPORT = "portabilidade", _("Portabilidade")
        ERASURE = "eliminacao", _("Eliminação")
        OPPOSITION = "oposicao", _("Oposição")
        REVIEW = "revisao", _("Revisão de decisão automatizada")

    class State(models.TextChoices):
        OPEN = "aberto", _("Aberto")
        WORKING = "em_analise", _("Em análise")
        GRANTED = "atendido", _("Atendido")
        REFUSED = "recusado", _("Recusado com justificativa")

    protocol = models.CharField(_("protocolo"), max_length=16, unique=True)
    kind = models.CharField(_("pedido"), max_length=16, choices=Kind.choices)
    state = models.CharField(_("situação"), max_length=12, choices=State.choices, default=State.OPEN)
    customer_id = models.CharField(_("cliente"), max_length=80, default="")
    person_ref = models.CharField(_("pessoa"), max_length=120, default="")
    requester = models.CharField(_("quem pediu"), max_length=160, default="")
    told = models.TextField(_("o que pediu"), default="")
    decision = models.JSONField(_("decisão sob revisão"), default=dict)
    created_at = models.DateTimeField(_("recebido em"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recebido por"))
    due_on = models.DateField(_("responder até"))
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("responsável"))
    answer = models.TextField(_("resposta"), default="")
    answered_at = models.DateTimeField(_("respondido em"), null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("respondido por"))

    class Meta:
        verbose_name = _("pedido de titular")
        verbose_name_plural = _("pedidos de titulares")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_on"], name="rights_by_state")]

    def __str__(self) -> str:
        return f"{self.protocol} {self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for an answer."""
        return self.state in (self.State.OPEN, self.State.WORKING)


class ErasureOrder(models.Model):
    """A person to be taken out as somebody ordered on a page: the work is done by a process of its own."""

    class State(models.TextChoices):
        WAITING = "a_fazer", _("Na fila")
        RUNNING = "em_curso", _("Em curso")
        DONE = "feita", _("Feita")
        FAILED = "falhou", _("Não deu certo")

    class Step(models.TextChoices):
        NONE = "", _("ainda não começou")
        SEARCH = "procura", _("procura a pessoa em todas as versões")
        RECORDS = "registros", _("apaga dos registros")
        LAKE = "lake", _("apaga de cada versão do lake")
        LOOK = "conferencia", _("confere se restou algo")

    erasure = models.CharField(_("eliminação"), max_length=32, unique=True)
    person_ref = models.CharField(_("pessoa"), max_length=120, default="")
    reason = models.CharField(_("por quê"), max_length=160)
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("pedida por"))
    ordered_at = models.DateTimeField(_("pedida em"))
    address = models.GenericIPAddressField(_("endereço IP"), null=True)
    state = models.CharField(_("situação"), max_length=12, choices=State.choices, default=State.WAITING)
    step = models.CharField(_("passo"), max_length=12, choices=Step.choices, default=Step.NONE)
    problem = models.TextField(_("o que faltou"), default="")
    result = models.JSONField(_("resultado"), default=dict)
    ended_at = models.DateTimeField(_("terminada em"), null=True)

    class Meta:
        verbose_name = _("ordem de eliminação")
        verbose_name_plural = _("ordens de eliminação")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.erasure[:12]} {self.state}"
