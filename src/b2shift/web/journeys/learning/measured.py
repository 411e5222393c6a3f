"""The rate of each arm of a split that learns, told so that it holds although the shares moved."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

import numpy as np
from django.db.models import Min

from b2shift.interact.contracts import SplitStep
from b2shift.learn.api import arm_values, batch_weights
from b2shift.learn.contracts import ArmValue
from b2shift.web.journeys.learning.lines import kept, own
from b2shift.web.journeys.models import ShareBatch, Trial


def measured_rates(step: SplitStep, key: Mapping[str, str]) -> tuple[ArmValue, ...]:
    """The rate of every arm over all customers drawn by shares that were kept and whose window is over.

    Those drawn after the first that is still open are left out: a success is known sooner than that there is none.
    """
    batches_known = ShareBatch.objects.filter(**key)
    still_open = Trial.objects.filter(batch__in=batches_known, success=None).aggregate(first=Min("ends_on"))["first"]
    batches = kept(batches_known)
    rows = list(
        Trial.objects.filter(batch__in=batches_known, ends_on__lt=still_open or date.max)
        .exclude(success=None)
        .order_by("pk")
        .values_list("batch_id", "group", "arm", "success")
    )
    arms = [one.name for one in step.arms]
    if not rows:
        return ()
    sizes = Counter(group for _batch, group, _arm, _success in rows)
    weights = {
        key: batch_weights(
            np.array([[line[arm].share for arm in arms] for line in (own(lines, group) for group in sizes)]),
            np.array([*sizes.values()], float),
        )
        for key, lines in batches.items()
    }
    drawn_by = [own(batches[batch], group) for batch, group, _arm, _success in rows]
    return arm_values(
        arms,
        np.array([arms.index(arm) for _batch, _group, arm, _success in rows]),
        np.array([success for *_others, success in rows], float),
        np.array([[line[arm].share for arm in arms] for line in drawn_by]),
        np.array([weights[batch] for batch, *_others in rows]),
        np.array([[line[arm].mean for arm in arms] for line in drawn_by]),
    )
