"""What people call the origins of contacts: rules, campaigns and journeys, by the code that messages keep."""

from collections.abc import Iterable

from b2shift.web.campaigns.models import Campaign
from b2shift.web.crm.models import Proposal
from b2shift.web.journeys.reading import under_way
from b2shift.web.journeys.texts import journey_of


def origin_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → name; a code that nothing is called by any more stands for itself."""
    wanted = set(codes)
    names = {
        **dict(Proposal.objects.filter(rule_id__in=wanted).values_list("rule_id", "rule_name").distinct()),
        **{one.code: one.name for one in Campaign.objects.all()},
        **{one.journey_id: journey_of(one.version).name for one in under_way()},
    }
    return {code: names.get(code, code) for code in wanted}
