"""The audit trail: rows are added, never changed, and each carries the hash of the one before."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User


def actions() -> list[tuple[str, Any]]:
    """The actions there are; migrations name this list and hold no copy, so a new action needs none."""
    return list(AuditEvent.Action.choices)


class AuditEvent(models.Model):
    """Who did what to which object, when, from where and for what purpose."""

    class Action(models.TextChoices):
        PERSONAL_READ = "personal_read", _("Leu dados pessoais")
        EXPORT = "export", _("Exportou")
        SIGN_IN = "sign_in", _("Entrou")
        SIGN_IN_REFUSED = "sign_in_refused", _("Entrada recusada")
        SIGN_OUT = "sign_out", _("Saiu")
        TOKEN_ISSUED = "token_issued", _("Criou chave")  # a label, not a secret
        TOKEN_REVOKED = "token_revoked", _("Revogou chave")  # a label, not a secret
        PERSON_CHANGED = "person_changed", _("Alterou pessoa")
        PUBLICATION = "publication", _("Publicou dados")
        CONSENT = "consent", _("Registrou consentimento ou oposição")
        RIGHTS_REQUEST = "rights_request", _("Tratou pedido de titular")
        PERSON_ERASED = "person_erased", _("Apagou uma pessoa")
        RETENTION = "retention", _("Aplicou prazos de guarda")
        LOAD_ORDERED = "load_ordered", _("Pediu uma carga")
        LOAD_RELEASED = "load_released", _("Decidiu sobre uma carga em quarentena")
        OUTREACH = "outreach", _("Tratou um contato")
        SWITCH = "switch", _("Parou ou retomou envios")
        SOURCE_CHANGED = "source_changed", _("Mudou uma fonte declarada")
        SEGMENTATION = "segmentation", _("Decidiu sobre os segmentos")
        JOURNEY = "journey", _("Decidiu sobre uma jornada")
        POLICY_CHANGED = "policy_changed", _("Mudou a régua de contatos")
        METRIC_CHANGED = "metric_changed", _("Mudou as métricas da empresa")
        UNITS_CHANGED = "units_changed", _("Mudou as unidades de negócio")
        LAKE_RESTORED = "lake_restored", _("Voltou a servir uma versão anterior dos dados")
        MODEL_ASKED = "model_asked", _("Mandou uma pergunta ao modelo")

    sequence = models.BigIntegerField(_("sequência"), primary_key=True)
    at = models.DateTimeField(_("quando"), db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("quem"))
    actor_email = models.CharField(_("e-mail de quem"), max_length=254, default="")
    action = models.CharField(_("o quê"), max_length=24, choices=actions)
    object_kind = models.CharField(_("tipo do objeto"), max_length=40, default="")
    object_id = models.CharField(_("objeto"), max_length=80, default="")
    address = models.GenericIPAddressField(_("endereço IP"), null=True)
    channel = models.CharField(_("canal"), max_length=16, default="")
    purpose = models.CharField(_("finalidade"), max_length=160, default="")
    details = models.JSONField(_("detalhes"), default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("evento de auditoria")
        verbose_name_plural = _("eventos de auditoria")
        ordering = ["-sequence"]
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_by_object")]

    def __str__(self) -> str:
        return f"#{self.sequence} {self.action} {self.object_kind} {self.object_id}"
