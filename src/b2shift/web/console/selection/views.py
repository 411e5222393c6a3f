"""`/modelos/`: how the segmentation was chosen: the comparison table and its front."""

from django.http import HttpResponse
from django.shortcuts import render

from b2shift.kernel.errors import UnknownNameError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.selection.candidates import (
    ACROSS,
    MEASURES,
    UP,
    algorithm,
    chosen_of,
    code,
    comparable,
    front_picture,
    preset_rows,
    sentence,
)
from b2shift.web.console.selection.steering import wish
from b2shift.web.crm.catalogue import visible_candidates
from b2shift.web.crm.models import SegmentModel

SORTS = {
    "k": "k",
    "silhouette": "silhouette",
    "db": "davies_bouldin",
    "ch": "calinski_harabasz",
    "excess": "null_excess",
    "stability": "stability",
    "smallest": "smallest_share",
    "explainability": "explainability",
    "churn": "churn_explained",
    "mrr": "mrr_explained",
}


@access_required(Capability.MODELS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Which segmentation, among which others, and why."""
    candidates = list(visible_candidates(request.user))
    sort = request.GET.get("sort", "")
    same = comparable(candidates)
    other = [one for one in candidates if one not in same]
    context: dict[str, object] = {
        "candidates": _sorted(same, sort),
        "others": _sorted(other, sort),
        "sort": sort,
        "chosen": chosen_of(candidates),
    }
    if is_htmx_request(request):
        return render(request, "console/models/table.html", context)
    across, up = (_axis(request, name, usual) for name, usual in (("x", ACROSS), ("y", UP)))
    context |= _looked_at(request, same) | {
        "sentence": sentence(same),
        "front": front_picture(same, across=across, up=up),
        "measures": MEASURES.items(),
        "presets": preset_rows(same),
        "measured_whole": sum(bool(one.stability and one.meets_floor) for one in same),
        "across": across,
        "up": up,
    }
    return render(request, "console/models/index.html", context)


def _axis(request: AuthenticatedRequest, name: str, usual: str) -> str:
    """The measure an address asks for on an axis of the picture."""
    wanted = request.GET.get(name, "") or usual
    if wanted not in MEASURES:
        raise UnknownNameError("medida", wanted, MEASURES)
    return wanted


def _looked_at(request: AuthenticatedRequest, candidates: list[SegmentModel]) -> dict[str, object]:
    """The candidate that is looked at more closely, the chosen one unless told which."""
    wanted = request.GET.get("candidato", "")
    one = next((one for one in candidates if code(one) == wanted), None) if wanted else chosen_of(candidates)
    if wanted and one is None:
        raise UnknownNameError("candidato", wanted, [code(other) for other in candidates])
    if one is None:
        return {}
    may_steer = may(request.user, Capability.STEER_SEGMENTS)
    return {
        "looked_at": one,
        "looked_at_name": algorithm(one.algorithm),
        "may_steer": may_steer,
        "wanted": wish() == code(one),
    }


def _sorted(candidates: list[SegmentModel], sort: str) -> list[tuple[SegmentModel, str]]:
    """Candidates and the name of their algorithm; unknown values last; unsorted, the chosen one, then the front."""
    plain, down = sort.removeprefix("-"), sort.startswith("-")
    if plain and plain not in SORTS:
        raise UnknownNameError("ordem", plain, SORTS)

    def place(one: SegmentModel) -> tuple[object, ...]:
        if not plain:
            return (not one.chosen, not one.on_front, not one.meets_floor, -(one.silhouette or -1))
        value = getattr(one, SORTS[plain])
        return (value is None, (-value if down else value) if value is not None else 0)

    return [(one, algorithm(one.algorithm)) for one in sorted(candidates, key=place)]
