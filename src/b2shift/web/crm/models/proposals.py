"""What the contact rules propose, and the rules themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.crm.models.customers import Customer
from b2shift.web.crm.models.people import VendorUser
from b2shift.web.crm.models.published import Published
from b2shift.web.crm.models.segments import Segment

FILTERED = [
    "kind", "trigger", "rule_id", "segment", "owner", "owner_role", "rule_name", "units_key", "priority", "due_on",
    "customer",
]  # fmt: skip


class Proposal(Published):
    """A due contact with the reason and the values that fired it; nothing is sent from here."""

    proposal_id = models.CharField(_("código"), max_length=64, primary_key=True)
    customer = models.ForeignKey(
        Customer,
        models.DO_NOTHING,
        to_field="customer_id",
        db_constraint=False,
        related_name="proposals",
        verbose_name=_("cliente"),
    )
    as_of = models.DateField(_("data de referência"))
    rule_id = models.CharField(_("regra"), max_length=120)
    rule_name = models.CharField(_("nome da regra"), max_length=255, default="")
    policy_version = models.CharField(_("versão da régua"), max_length=64, default="")
    segment = models.ForeignKey(
        Segment,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("segmento"),
    )
    trigger = models.CharField(_("gatilho"), max_length=16, default="")
    kind = models.CharField(_("tipo"), max_length=24, default="")
    action = models.TextField(_("ação"), default="")
    objective = models.TextField(_("objetivo"), default="")
    message = models.TextField(_("mensagem-chave"), default="")
    channels = models.JSONField(_("canais"), default=list)
    owner_role = models.CharField(_("papel responsável"), max_length=16, default="")
    owner = models.ForeignKey(
        VendorUser,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("responsável"),
    )
    priority = models.IntegerField(_("prioridade"), default=0)
    due_on = models.DateField(_("prazo"), null=True)
    reason = models.TextField(_("razão"), default="")
    evidence = models.JSONField(_("evidências"), default=list)
    mrr_at_stake = models.DecimalField(_("MRR em jogo"), max_digits=18, decimal_places=2, default=0)
    blocked = models.TextField(_("impedimento"), null=True)

    units_key = models.CharField(max_length=80, default="", editable=False)

    class Meta:
        verbose_name = _("contato devido")
        verbose_name_plural = _("contatos devidos")
        indexes = [
            models.Index(fields=["priority", "proposal_id"], name="proposal_by_priority"),
            models.Index(fields=["kind", "priority", "proposal_id"], name="proposal_by_kind"),
            models.Index(fields=["due_on", "proposal_id"], name="proposal_by_due"),
            models.Index(fields=["mrr_at_stake", "proposal_id"], name="proposal_by_stake"),
            models.Index(fields=["owner", "units_key"], name="proposal_by_owner"),
            models.Index(fields=["segment", "units_key"], name="proposal_by_segment"),
            # Everything the counts look at, so that they read a tenth of the table; who is blocked in few words apart.
            models.Index(fields=FILTERED, name="proposal_filters"),
            models.Index(fields=FILTERED, condition=models.Q(blocked__isnull=False), name="proposal_blocked"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.rule_name}"


class ContactRule(Published):
    """A rule of the policy in force and how many it matched."""

    rule_id = models.CharField(_("regra"), max_length=120, primary_key=True)
    name = models.CharField(_("nome"), max_length=255)
    archetype = models.CharField(_("arquétipo"), max_length=120, default="")
    archetypes = models.JSONField(_("arquétipos"), default=list)
    trigger = models.CharField(_("gatilho"), max_length=40, default="")
    condition = models.TextField(_("condição"), default="")
    kind = models.CharField(_("tipo"), max_length=24, default="")
    action = models.TextField(_("ação"), default="")
    channels = models.JSONField(_("canais"), default=list)
    owner_role = models.CharField(_("papel responsável"), max_length=16, default="")
    priority = models.IntegerField(_("prioridade"), default=0)
    customers = models.IntegerField(_("clientes alcançados"), default=0)
    due = models.IntegerField(_("contatos devidos"), default=0)

    class Meta:
        verbose_name = _("regra de contato")
        verbose_name_plural = _("regras de contato")
        ordering = ["archetype", "-priority", "rule_id"]

    def __str__(self) -> str:
        return self.name
