"""The rows of the list as HTML, built in one go: fifty rows with their evidence are too many for a template's loops."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from b2shift.web.console import wording
from b2shift.web.console.addresses import address, compose_url, customer_url
from b2shift.web.console.badges import badge
from b2shift.web.console.formats import NOTHING, day, number
from b2shift.web.console.markup import escaped, html
from b2shift.web.console.mrr_formats import mrr
from b2shift.web.console.templatetags.assets import icon
from b2shift.web.console.templatetags.formats import joined
from b2shift.web.crm.models import Proposal


def rows_html(proposals: Iterable[Proposal], as_of: date, *, prepares: bool = False) -> SafeString:
    """One row a due contact: who, why, what to do, by when and by whom, priority, money.

    `prepares`: with the way to make a contact of it.
    """
    evidence_head = _evidence_head()
    return SafeString("".join(_row(one, as_of, evidence_head, prepares) for one in proposals))


def _row(one: Proposal, as_of: date, evidence_head: SafeString, prepares: bool) -> SafeString:
    return html(
        '<tr data-row><th scope="row" class="top">{}</th><td class="top reason-cell">{}</td>'
        '<td class="top action-cell" data-label="{}">{}</td><td class="top due-cell" data-label="{}">{}</td>'
        '<td class="num top" data-label="{}">{}</td><td class="num top" data-label="MRR">{}</td></tr>',
        _customer(one),
        _why(one, evidence_head),
        _("O que fazer"),
        _what(one, prepares),
        _("Prazo"),
        _by_when(one, as_of),
        _("Prioridade"),
        _priority(one),
        mrr(one.mrr_at_stake),
    )


def _customer(one: Proposal) -> SafeString:
    return html(
        '<span class="customer-cell"><a data-row-link href="{}">{}</a><span>{}{}</span></span>',
        customer_url(one.customer_id),
        one.customer.display_name,
        one.customer_id,
        f" · {wording.shipped(one.segment.name)}" if one.segment else "",
    )


def _why(one: Proposal, evidence_head: SafeString) -> SafeString:
    rule = html(
        '<div class="row-line">{}<a class="quiet-link small" href="{}">{}</a></div>',
        badge("kind", one.kind),
        f"{address('console:due')}?{urlencode({'rule': one.rule_id})}",
        wording.shipped(one.rule_name),
    )
    if not one.evidence:
        return html("{}<p>{}</p>", rule, wording.shipped(one.reason))
    return html(
        '{}<details class="reason-box"><summary title="{}">{}</summary>{}</details>',
        rule,
        _("Ver os valores que dispararam a regra"),
        wording.shipped(one.reason),
        SafeString(f"{evidence_head}{''.join(map(_evidence, one.evidence))}</tbody></table>"),
    )


def _evidence_head() -> SafeString:
    return html(
        '<table class="evidence-table"><caption class="sr-only">{}</caption><thead><tr><th scope="col">{}</th>'
        '<th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody>',
        _("Valores que dispararam a regra"),
        _("Medida"),
        _("Valor"),
        _("Limite"),
        _("Fonte"),
    )


def _evidence(evidence: Mapping[str, Any]) -> str:
    label, value, threshold = (
        escaped(wording.figures_too(text or NOTHING))
        for text in (evidence.get("label") or evidence.get("metric"), evidence.get("value"), evidence.get("threshold"))
    )
    source = escaped(", ".join(wording.word("table", one) for one in (evidence.get("source") or NOTHING).split(", ")))
    return f'<tr><th scope="row">{label}</th><td>{value}</td><td>{threshold}</td><td class="muted">{source}</td></tr>'


def _what(one: Proposal, prepares: bool) -> SafeString:
    channels, blocked = joined(one.channels, "channel"), wording.shipped(one.blocked or "")
    return html(
        "{}{}{}{}",
        wording.shipped(one.action),
        html('<div class="muted small">{}</div>', channels) if channels else "",
        html('<p class="blocked">{}<span>{}</span></p>', icon("reject"), blocked) if one.blocked else "",
        _prepare(one) if prepares and one.channels else "",
    )


def _prepare(one: Proposal) -> SafeString:
    return html(
        '<p class="row-action"><a class="button button-small" href="{}">{}{}</a></p>',
        compose_url(one.proposal_id),
        icon("message"),
        _("Preparar contato"),
    )


def _by_when(one: Proposal, as_of: date) -> SafeString:
    by = html("{}", day(one.due_on))
    if one.due_on and one.due_on < as_of:
        by = html('<span class="text-bad">{} {} · {}</span>', icon("clock"), by, _("atrasado"))
    owner = one.owner.name if one.owner else _("Sem responsável")
    role = wording.word("owner_role", one.owner_role)
    return html('{}<div class="muted small">{} · {}</div>', by, owner, role)


def _priority(one: Proposal) -> SafeString:
    return html(
        '<span class="priority-line"><progress class="meter" value="{}" max="100" aria-hidden="true"></progress>'
        "<strong>{}</strong></span>",
        one.priority,
        number(one.priority),
    )
