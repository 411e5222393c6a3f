"""The drawing of a journey: names are read whole, and words stand on the way they are of."""

import re

from django.utils.translation import override

from b2shift.interact.api import published_journey, ready_journeys
from b2shift.web.console.journeys.picture import Line, picture

DRAWN = picture(published_journey(ready_journeys()["detrator"]), {}, {})


def test_a_name_longer_than_a_line_takes_two() -> None:
    titles = {box.hint: box.titles for box in DRAWN.boxes}
    assert titles["Sem desfecho registrado"] == ["Sem desfecho", "registrado"]
    assert titles["Recusou"] == ["Recusou"]


def test_words_stand_on_their_own_way() -> None:
    """Told by the first piece of the path, from the step to the next row."""
    for line in filter(lambda one: one.words, DRAWN.lines):
        assert min(abs(x - line.x) + abs(y - line.y) for x, y in first_piece(line)) < 3, line.words


def test_an_english_page_has_no_portuguese_along_the_ways() -> None:
    with override("en"):
        drawn = [picture(published_journey(one), {}, {}) for one in ready_journeys().values()]
        words = {line.words for one in drawn for line in one.lines}
    assert {"otherwise", "deadline", "accepted", "detractor today"} <= words
    assert "promoter 12 months ago or promoter 6 months ago" in words
    assert not {one for one in words if re.search(r" ou | e |\bhá\b|hoje|prazo|senão|recusou", one)}


def first_piece(line: Line) -> list[tuple[float, float]]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = [
        (float(x), float(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", line.path)[:4]
    ]
    found = []
    for n in range(201):
        t, u = n / 200, 1 - n / 200
        weights = u**3, 3 * u * u * t, 3 * u * t * t, t**3
        found.append((
            sum(w * x for w, x in zip(weights, (x0, x1, x2, x3), strict=True)),
            sum(w * y for w, y in zip(weights, (y0, y1, y2, y3), strict=True)),
        ))  # fmt: skip
    return found
