"""Every declared turn of phrase is found in its example."""

from datetime import date

import pytest

from b2shift.insight.planning.plan import read_question
from b2shift.insight.planning.wording import examples, pattern
from b2shift.insight.reading.lexicon import product_lexicon


@pytest.mark.parametrize(("name", "example"), examples().items())
def test_a_pattern_is_found_in_its_example(name: str, example: str) -> None:
    text = read_question(example, date(2026, 6, 15), product_lexicon()).text
    assert pattern(name).search(text), text
