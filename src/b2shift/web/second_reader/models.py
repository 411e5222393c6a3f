"""Calls to the model: what each may and did cost, and the reading it brought, so that one question is asked once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User


class ModelCall(models.Model):
    """One call. It is written before the call with the most it may cost, so that a killed process has paid for it."""

    at = models.DateTimeField(_("em"), db_index=True)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("pessoa"))
    model = models.CharField(_("modelo"), max_length=120)
    asked = models.CharField(_("código do pedido"), max_length=32, db_index=True)
    outcome = models.CharField(_("desfecho"), max_length=12, default="", help_text=_("vazio enquanto se espera"))
    tokens = models.IntegerField(_("tokens"), help_text=_("os gastos; antes da resposta, os que podem ser gastos"))
    cost = models.BigIntegerField(_("custo em milionésimos"), default=0)
    milliseconds = models.IntegerField(_("milissegundos"), default=0)
    reading = models.JSONField(_("leitura"), null=True)

    class Meta:
        verbose_name = _("chamada ao modelo")
        verbose_name_plural = _("chamadas ao modelo")
        ordering = ["-id"]
        indexes = [models.Index(fields=["person", "at"], name="model_calls_of_person")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.model} {self.outcome}"
