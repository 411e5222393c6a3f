"""The analyst's page: how fresh and how sound the data are, and how far the models can be believed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.console.decorators import AuthenticatedRequest
from b2shift.web.console.formats import day, number
from b2shift.web.console.quality.sources import SourceRow, defect_picture, defects_of, sources_of
from b2shift.web.console.selection.candidates import chosen_of
from b2shift.web.console.selection.candidates import sentence as selection_sentence
from b2shift.web.console.selection.cards import auc_picture
from b2shift.web.console.wording import shipped
from b2shift.web.crm.catalogue import visible_candidates, visible_cards
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.totals import totals_of

SOURCES_SHOWN = 8


def page(request: AuthenticatedRequest) -> dict[str, object]:
    """Freshness and sources with trouble first, then defects, then models."""
    sources = sources_of(request.user)
    candidates, cards = list(visible_candidates(request.user)), list(visible_cards(request.user))
    return {
        "publication": newest_publication(),
        "totals": totals_of(visible_customers(request.user)),
        "sources": sources[:SOURCES_SHOWN],
        "files": sum(len(row.files) for row in sources),
        "rows_read": sum(row.read for row in sources),
        "rows_rejected": sum(row.rejected for row in sources),
        "values_repaired": sum(row.repaired for row in sources),
        "defects": defect_picture(defects_of(request.user)),
        "scores": auc_picture([card for card in cards if card.usable]),
        "silent": [shipped(card.label) for card in cards if not card.usable],
        "chosen": chosen_of(candidates),
        "selection": selection_sentence(candidates),
        "sentence": _sentence(sources),
    }


def _sentence(sources: list[SourceRow]) -> str:
    newest = newest_publication()
    text = _("Dados até %(day)s") % {"day": day(newest.as_of)} if newest else _("Nada publicado")
    troubled = sum(row.troubled for row in sources)
    if troubled:
        trouble = ngettext("%(count)s fonte pede atenção", "%(count)s fontes pedem atenção", troubled)
        return f"{text}; {trouble % {'count': number(troubled)}}."
    return text + (_("; todas as fontes lidas.") if sources else ".")
