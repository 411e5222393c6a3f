"""The vendor's sellers and managers, whose portfolios decide what executors and managers see."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.crm.models.published import Published


class VendorUser(Published):
    """A person of the vendor's sales or success teams, as the vendor lists them."""

    user_id = models.CharField(_("código"), max_length=32, primary_key=True)
    name = models.CharField(_("nome"), max_length=160)
    role = models.CharField(_("papel"), max_length=32, default="")
    team = models.CharField(_("equipe"), max_length=120, default="", db_index=True)
    manager_id = models.CharField(_("gestor"), max_length=32, default="", db_index=True)
    active = models.BooleanField(_("ativo"), default=True)

    class Meta:
        verbose_name = _("pessoa do fornecedor")
        ordering = ["name", "user_id"]

    def __str__(self) -> str:
        return self.name
