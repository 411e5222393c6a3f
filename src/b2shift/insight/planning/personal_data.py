"""Requests for personal data of customers already listed, where no word of the guards occurs."""

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.phrasing import asks_delivery, names_delivery
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import Reading

WHO = frozenset({"list", "rank", "profile", "actions"})


def asks_for_personal_data(reading: Reading, before: Draft | None) -> bool:
    """`Inclui telefone e e-mail` after a list of customers; channels and delivery are not meant."""
    if before is None or not pattern("contact_data").search(reading.text):
        return False
    listed = "customer" in before.dimensions or (before.intent in WHO and not before.dimensions)
    channelled = "channel" in before.dimensions or any(one.field == "channel" for one in before.filters)
    return listed and not (channelled or names_delivery(reading) or pattern("channels").search(reading.text))


def may_mean_personal_data(reading: Reading, draft: Draft) -> bool:
    """`Clientes detratores por e-mail`: a channel, or the addresses of those listed."""
    if draft.intent != "list" or draft.metrics or asks_delivery(reading) or pattern("channels").search(reading.text):
        return False
    channels = [i for i in reading.of("value") if i.name == "channel"]
    return any(pattern("contact_data").search(" ".join(reading.folded[i.start : i.end])) for i in channels)
