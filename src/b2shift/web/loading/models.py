"""Loads that people ordered on a page, how far each is and what came of it."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User


class LoadOrder(models.Model):
    """The files of the folder of deliveries to be loaded, as somebody ordered on a page."""

    class State(models.TextChoices):
        WAITING = "a_fazer", _("Na fila")
        RUNNING = "em_curso", _("Em curso")
        DONE = "feita", _("Feita")
        FAILED = "falhou", _("Não deu certo")

    files = models.JSONField(_("arquivos"), default=list)
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("pedida por"))
    ordered_at = models.DateTimeField(_("pedida em"))
    address = models.GenericIPAddressField(_("endereço IP"), null=True)
    state = models.CharField(_("situação"), max_length=12, choices=State.choices, default=State.WAITING)
    step = models.CharField(_("passo"), max_length=80, default="")
    share = models.FloatField(_("parte já feita"), default=0)
    expected_at = models.DateTimeField(_("fim previsto"), null=True)
    problem = models.TextField(_("o que faltou"), default="")
    result = models.JSONField(_("resultado"), default=dict)
    ended_at = models.DateTimeField(_("terminada em"), null=True)

    class Meta:
        verbose_name = _("ordem de carga")
        verbose_name_plural = _("ordens de carga")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it has not come to its end."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def day(self) -> date | None:
        """Up to which day the data go that it brought."""
        return date.fromisoformat(self.result["as_of"]) if self.result else None

    @property
    def rows(self) -> dict[str, int]:
        """What became of the rows of all sources: `read`, `accepted`, `rejected`; and values `repaired`."""
        names = {"rows_read": "read", "rows_accepted": "accepted", "rows_rejected": "rejected"}
        names["values_repaired"] = "repaired"
        sources = self.result.get("sources", [])
        return {short: sum(one[name] for one in sources) for name, short in names.items()}

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Why files of a source were not loaded, quarantine among it; not those that merely did not come."""
        left_out = (one for one in self.result.get("sources", []) if not one["kept"] and not one["missing"])
        return [(one["source"], one["message"]) for one in left_out if one["message"]]
