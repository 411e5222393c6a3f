"""Personal data asked for beside customers that the last query listed, where no word names them persons."""

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.phrasing import delivers, sends
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.items import Reading

WHO = frozenset({"list", "rank", "profile", "actions"})


def asks_for_persons(reading: Reading, before: Draft | None) -> bool:
    """`Inclui telefone e e-mail` after a list of customers; channels of campaigns are none, nor is where an answer is sent."""
    if before is None or not pattern("contact_data").search(reading.text):
        return False
    listed = "customer" in before.dimensions or (before.intent in WHO and not before.dimensions)
    channelled = "channel" in before.dimensions or any(one.field == "channel" for one in before.filters)
    return listed and not (channelled or delivers(reading) or pattern("channels").search(reading.text))


def may_mean_persons(reading: Reading, draft: Draft) -> bool:
    """`Clientes detratores por e-mail`: a channel they came by, or the addresses of those listed."""
    if draft.intent != "list" or draft.metrics or sends(reading) or pattern("channels").search(reading.text):
        return False
    said = [i for i in reading.of("value") if i.name == "channel"]
    return any(pattern("contact_data").search(" ".join(reading.folded[i.start : i.end])) for i in said)
