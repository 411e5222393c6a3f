"""The next best actions as the run shared them out, and what its limits were worth."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.crm.models.customers import Customer
from b2shift.web.crm.models.proposals import Proposal
from b2shift.web.crm.models.published import Published


class NextAction(Published):
    """What is best for a customer in a theme, why, and why not another; nothing is sent from here."""

    action_id = models.CharField(_("código"), max_length=64, primary_key=True)
    customer = models.ForeignKey(
        Customer,
        models.DO_NOTHING,
        to_field="customer_id",
        db_constraint=False,
        related_name="next_actions",
        verbose_name=_("cliente"),
    )
    as_of = models.DateField(_("data de referência"))
    theme = models.CharField(_("tema"), max_length=120)
    action = models.CharField(_("ação"), max_length=120)
    name = models.CharField(_("nome"), max_length=120)
    kind = models.CharField(_("tipo"), max_length=24)
    message = models.TextField(_("mensagem-chave"), default="")
    role = models.CharField(_("papel"), max_length=16, null=True)
    channel = models.CharField(_("canal"), max_length=16)
    week = models.IntegerField(_("semana"))
    expected = models.FloatField(_("valor esperado"))
    low = models.FloatField(_("limite inferior"))
    high = models.FloatField(_("limite superior"))
    chance = models.FloatField(_("chance de aceite"))
    reason = models.TextField(_("razão"), default="")
    evidence = models.JSONField(_("evidências"), default=list)
    runner_up = models.CharField(_("segunda melhor"), max_length=120, null=True)
    runner_up_expected = models.FloatField(_("valor esperado da segunda"), null=True)
    would_change = models.TextField(_("o que mudaria"), default="")
    left = models.JSONField(_("o que ficou de fora"), default=list)
    policy_version = models.CharField(_("versão da régua"), max_length=64, default="")
    units_key = models.CharField(max_length=80, default="", editable=False)

    class Meta:
        verbose_name = _("próxima ação")
        verbose_name_plural = _("próximas ações")
        indexes = [
            models.Index(fields=["expected", "action_id"], name="action_by_worth"),
            models.Index(fields=["action", "expected", "action_id"], name="action_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.name}"

    def as_proposal(self) -> Proposal:
        """The same as a due contact, which is what people turn into a message or a task; not saved."""
        return Proposal(
            proposal_id=self.action_id,
            customer=self.customer,
            as_of=self.as_of,
            rule_id=self.action,
            rule_name=self.name,
            policy_version=self.policy_version,
            trigger="next_action",
            kind=self.kind,
            action=self.name,
            objective=self.name,
            message=self.message,
            channels=[self.channel],
            owner_role=self.role or "",
            owner=self.customer.owner,
            reason=self.reason,
            evidence=self.evidence,
            mrr_at_stake=self.customer.mrr,
        )


class ActionLimit(Published):
    """What a limit of the plan allows, how much is used, and what one more unit would bring."""

    limit = models.CharField(_("limite"), max_length=80, primary_key=True)
    amount = models.FloatField(_("cabem"))
    used = models.FloatField(_("usados"))
    price = models.FloatField(_("valor de um a mais"))
    value = models.FloatField(_("valor do plano"))
    greedy_value = models.FloatField(_("valor sem preços"))
    bound = models.FloatField(_("teto"))

    class Meta:
        verbose_name = _("limite do plano")
        verbose_name_plural = _("limites do plano")

    def __str__(self) -> str:
        return self.limit
