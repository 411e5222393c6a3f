"""Recurring revenue as pages write it: of a base that never delivered any, nobody knows that it is zero."""

from django.utils.translation import gettext as _

from b2shift.web.console.formats import Number, money, money_short
from b2shift.web.crm.revenue import revenue_delivered


def mrr(value: Number | None) -> str:
    """`R$ 1.234,50`, or that it was not delivered."""
    return money(value) if value or revenue_delivered() else _("não entregue")


def delivered(amount: Number | None) -> Number | str | None:
    """An amount as a file has it, or that it was not delivered."""
    return amount if amount or revenue_delivered() else _("não entregue")


def mrr_short(value: Number | None) -> str:
    """The same for tiles and axes: `R$ 1,2 mil`."""
    return money_short(value) if value or revenue_delivered() else _("não entregue")
