"""A unit of the dictionary is known wherever figures or metrics are written."""

from collections.abc import Mapping
from typing import get_args

import pytest

from b2shift.metrics.contracts import Unit
from b2shift.metrics.star.powerbi import FORMS
from b2shift.web.console.ask.figures import FORMATS
from b2shift.web.console.catalogue.words import UNITS as IN_THE_CATALOGUE
from b2shift.web.console.metrics.views import UNITS as IN_THE_DICTIONARY


@pytest.mark.parametrize("known", [FORMS, FORMATS, IN_THE_CATALOGUE, IN_THE_DICTIONARY])
def test_every_unit_is_known(known: Mapping[str, object]) -> None:
    assert set(get_args(Unit)) <= set(known)
