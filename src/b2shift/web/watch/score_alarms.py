"""Telling the people who steer models that a score and what happened have parted: once per alarm and person."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.kernel.money import format_number
from b2shift.learn.contracts import ScoreCalibration
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.reading import sees_whole_base
from b2shift.web.crm.score_accuracy import accuracies_of
from b2shift.web.watch.house_notices import HouseNoticeSender
from b2shift.web.watch.models import HouseNotice


def tell_score_alarms() -> int:
    """A notice of every score whose alarm stands, or whose groups' do; how many are new. Again, nothing changes."""
    before, sender = HouseNotice.objects.count(), HouseNoticeSender()
    for person in User.objects.filter(is_active=True).order_by("pk"):
        if may(person, Capability.MODELS) and may(person, Capability.STEER_SEGMENTS) and sees_whole_base(person):
            with translation.override(person.language):
                found = accuracies_of(person)
                for score in dict.fromkeys(one.score for one in found.alarms):
                    _tell(sender, person, _(found.label(score)), found.of(score).alarms)
    return HouseNotice.objects.count() - before


def _tell(sender: HouseNoticeSender, person: User, label: str, alarms: Sequence[ScoreCalibration]) -> None:
    """Of a score as a whole, else of its groups together."""
    first, groups = alarms[0], len([one for one in alarms if one.grouping])
    about = "groups" if first.grouping else "whole"
    if first.grouping:
        title = ngettext("%(score)s: %(n)s grupo desviou", "%(score)s: %(n)s grupos desviaram", groups)
    else:
        more = _("%(score)s: aconteceu mais do que o previsto")
        title = more if first.is_more else _("%(score)s: aconteceu menos do que o previsto")
    since = max(one.alarmed_on for one in alarms if one.alarmed_on)
    key = f"score-{first.score}-{about}-{since if first.grouping else first.alarmed_on}-{person.pk}"
    payload = {"person": person.pk, "path": f"/modelos/scores/{first.score}/#aconteceu", "text": _text(alarms)}
    sender.send(key[:200], payload | {"title": title % {"score": label, "n": format_number(groups)}})


def _text(alarms: Sequence[ScoreCalibration]) -> str:
    text = _(
        "Previstos %(predicted)s, aconteceram %(observed)s: %(ratio)s vez, nas previsões até %(day)s. Confira e, se "
        "for o caso, volte a uma versão anterior."
    )
    one = alarms[0]
    return text % {
        "predicted": format_number(one.predicted, 1),
        "observed": format_number(one.observed),
        "ratio": format_number(one.ratio or 0, 2),
        "day": f"{one.last_as_of:%d/%m/%Y}",
    }
