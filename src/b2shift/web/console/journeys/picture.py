"""A journey as a picture: steps in rows by how far they are from the first, lines from each to where it leads."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from b2shift.interact.api import journey_ways
from b2shift.interact.contracts import Journey, Step
from b2shift.web.journeys.reading import StepCounts

WIDTH, HEIGHT, _GAP_X, _GAP_Y, _EDGE = 176, 58, 22, 46, 12
_LETTERS = 22


@dataclass(frozen=True)
class Box:
    """One step where it is drawn, with its figures; `hint` is all of its name."""

    step: str
    kind: str
    title: str
    hint: str
    note: str
    href: str
    x: float
    y: float

    @property
    def text_x(self) -> float:
        """Where its words begin."""
        return self.x + 12

    @property
    def title_y(self) -> float:
        """The line of its name."""
        return self.y + 24

    @property
    def note_y(self) -> float:
        """The line of its figures."""
        return self.y + 44


@dataclass(frozen=True)
class Line:
    """A way from one step to another, its words and where they stand."""

    path: str
    words: str
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    """What the template draws."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]


def picture(journey: Journey, counts: Mapping[str, StepCounts], addresses: Mapping[str, str]) -> Picture:
    """Every step one row below the last of those that lead to it; within a row, below the mean of those."""
    depth, above = _depths(journey), _above(journey)
    rows: dict[int, list[Step]] = defaultdict(list)
    for step in journey.steps:
        rows[depth[step.id]].append(step)
    widest = max(len(row) for row in rows.values())
    places: dict[str, tuple[float, float]] = {}
    for level in sorted(rows):
        row = sorted(rows[level], key=lambda step: _pull(step, above, places))
        free = (widest - len(row)) * (WIDTH + _GAP_X) / 2
        for n, step in enumerate(row):
            places[step.id] = (_EDGE + free + n * (WIDTH + _GAP_X), _EDGE + level * (HEIGHT + _GAP_Y))
    return Picture(
        width=2 * _EDGE + widest * WIDTH + (widest - 1) * _GAP_X,
        height=2 * _EDGE + len(rows) * HEIGHT + (len(rows) - 1) * _GAP_Y,
        boxes=[_box(step, places[step.id], counts, addresses) for step in journey.steps],
        lines=[
            _line(places[step.id], places[target], words, n)
            for step in journey.steps
            for n, (words, target) in enumerate(journey_ways(step))
        ],
    )


def _depths(journey: Journey) -> dict[str, int]:
    """The longest way from the first step to each; ways lead forward, so the order of the walk does not matter."""
    found = {step.id: 0 for step in journey.steps}
    for _again in journey.steps:
        for step in journey.steps:
            for _words, target in journey_ways(step):
                found[target] = max(found[target], min(found[step.id] + 1, len(journey.steps)))
    return found


def _above(journey: Journey) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for step in journey.steps:
        for _words, target in journey_ways(step):
            found[target].append(step.id)
    return found


def _pull(step: Step, above: Mapping[str, list[str]], places: Mapping[str, tuple[float, float]]) -> float:
    placed = [places[name][0] for name in above.get(step.id, ()) if name in places]
    return sum(placed) / len(placed) if placed else 0.0


def _box(step: Step, place: tuple[float, float], counts: Mapping[str, StepCounts], addresses: Mapping[str, str]) -> Box:
    title = step.name if len(step.name) <= _LETTERS else f"{step.name[: _LETTERS - 1]}…"
    told, note = counts.get(step.id), ""
    if told is not None:
        note = _("%(came)s vieram · %(here)s aqui") % {"came": told.came, "here": told.here}
    return Box(step.id, step.kind, title, step.name, note, addresses.get(step.id, ""), *place)


def _line(one: tuple[float, float], other: tuple[float, float], words: str, number: int) -> Line:
    x, y = one[0] + WIDTH / 2 + (number - 0.5) * 18, one[1] + HEIGHT
    to_x, to_y = other[0] + WIDTH / 2, other[1]
    bend = max(20.0, (to_y - y) / 2)
    path = f"M{x:.0f} {y:.0f}C{x:.0f} {y + bend:.0f} {to_x:.0f} {to_y - bend:.0f} {to_x:.0f} {to_y:.0f}"
    return Line(path, words.replace("_", " "), x + 4 + (to_x - x) * 0.2, y + 14 + 13 * (number % 2))
