"""A journey as a picture: steps in rows by how far they are from the first; long ways pass beside the rows between."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.interact.api import journey_transitions
from b2shift.interact.contracts import Journey
from b2shift.web.console.formats import clipped, number
from b2shift.web.console.wording import shipped
from b2shift.web.journeys.reading import StepCounts

WIDTH, HEIGHT, _GAP_X, _GAP_Y, _EDGE = 176, 58, 24, 88, 12
_LANE = 20
_LETTERS, _WORDS, _LINES = 22, 24, 2
Point = tuple[float, float]
Node = tuple[str, str, int]
"""A step, or where the way between two of them passes a row."""


@dataclass(frozen=True)
class Box:
    """One step where it is drawn, with its figures; `hint` is all of its name."""

    step: str
    kind: str
    titles: list[str]
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
        """The first line of its name: in the middle where it stands alone."""
        return self.y + (24 if self.note else 33) - 7 * (len(self.titles) - 1)

    @property
    def note_y(self) -> float:
        """The line of its figures."""
        return self.y + 44 + 5 * (len(self.titles) - 1)


@dataclass(frozen=True)
class Line:
    """The ways from one step to another; their words, what of them there is room for, and where it stands."""

    path: str
    words: str
    said: list[str]
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
    """Every step one row below the last of those that lead to it; within a row, by the mean of what is above."""
    edges = _edges(journey)
    depth = _depths(journey, edges)
    chains = {edge: _chain(edge, depth) for edge in edges}
    places, width = _placed(_rows(journey, depth, chains), chains)
    boxes = []
    for step in journey.steps:
        name = shipped(step.name)
        count, note = counts.get(step.id), ""
        if count is not None:
            note = ngettext("%(came)s veio · %(here)s aqui", "%(came)s vieram · %(here)s aqui", count.came)
            note %= {"came": number(count.came), "here": number(count.here)}
        place = places[step.id, "", depth[step.id]]
        boxes.append(Box(step.id, step.kind, _in_lines(name, _LETTERS), name, note, addresses.get(step.id, ""), *place))
    rows = max(depth.values()) + 1
    return Picture(
        width=width + 2 * _EDGE,
        height=2 * _EDGE + rows * HEIGHT + (rows - 1) * _GAP_Y,
        boxes=boxes,
        lines=_lines(edges, chains, places),
    )


def transition_labels(journey: Journey) -> dict[str, list[str]]:
    """Step → its ways out as lines of text: `aceitou → Reconquistado`."""
    names = {step.id: shipped(step.name) for step in journey.steps}
    return {
        step.id: [
            " → ".join(part for part in (_said(words), names.get(target, target)) if part)
            for words, target in journey_transitions(step)
        ]
        for step in journey.steps
    }


def _edges(journey: Journey) -> dict[tuple[str, str], str]:
    """(from, to) → the words of all ways between the two."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step in journey.steps:
        for words, target in journey_transitions(step):
            found[step.id, target].append(_said(words))
    return {edge: _either(list(dict.fromkeys(one for one in labels if one))) for edge, labels in found.items()}


def _said(words: str) -> str:
    """What leads along a way, in the language of the page."""
    return _either([shipped(one) for one in words.replace("_", " ").split(" ou ")])


def _either(words: list[str]) -> str:
    """`a`, `a ou b`, `a, b ou c`."""
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s ou %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def _depths(journey: Journey, edges: Mapping[tuple[str, str], str]) -> dict[str, int]:
    """The longest way from the first step to each; ways lead forward, so this comes to rest."""
    found = {step.id: 0 for step in journey.steps}
    for _again in journey.steps:
        for one, other in edges:
            found[other] = max(found[other], found[one] + 1)
    return found


def _chain(edge: tuple[str, str], depth: Mapping[str, int]) -> list[Node]:
    """The step, the rows it passes, the step it leads to."""
    one, other = edge
    between: list[Node] = [(one, other, row) for row in range(depth[one] + 1, depth[other])]
    return [(one, "", depth[one]), *between, (other, "", depth[other])]


def _rows(
    journey: Journey, depth: Mapping[str, int], chains: Mapping[tuple[str, str], list[Node]]
) -> dict[int, list[Node]]:
    rows: dict[int, list[Node]] = defaultdict(list)
    for step in journey.steps:
        rows[depth[step.id]].append((step.id, "", depth[step.id]))
    for chain in chains.values():
        for node in chain[1:-1]:
            rows[node[2]].append(node)
    return rows


def _placed(
    rows: Mapping[int, list[Node]], chains: Mapping[tuple[str, str], list[Node]]
) -> tuple[dict[Node, Point], float]:
    above: dict[Node, list[Node]] = defaultdict(list)
    for chain in chains.values():
        for before, after in pairwise(chain):
            above[after].append(before)
    width = max(_width(row) for row in rows.values())
    places: dict[Node, Point] = {}
    for level in sorted(rows):
        row = sorted(rows[level], key=lambda node: (_pull(above[node], places), node[1] != ""))
        x = _EDGE + (width - _width(row)) / 2
        for node in row:
            places[node] = (x, _EDGE + level * (HEIGHT + _GAP_Y))
            x += (_LANE if node[1] else WIDTH) + _GAP_X
    return places, width


def _width(row: list[Node]) -> float:
    return sum(_LANE if node[1] else WIDTH for node in row) + _GAP_X * (len(row) - 1)


def _middle(node: Node, places: Mapping[Node, Point]) -> float:
    return places[node][0] + (_LANE if node[1] else WIDTH) / 2


def _pull(above: list[Node], places: Mapping[Node, Point]) -> float:
    placed = [_middle(node, places) for node in above if node in places]
    return sum(placed) / len(placed) if placed else 0.0


def _lines(
    edges: Mapping[tuple[str, str], str],
    chains: Mapping[tuple[str, str], list[Node]],
    places: Mapping[Node, Point],
) -> list[Line]:
    leaving: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for edge in edges:
        leaving[edge[0]].append(edge)
    found = []
    for out in leaving.values():
        out.sort(key=lambda edge: _middle(chains[edge][1], places))
        for n, edge in enumerate(out):
            chain = chains[edge]
            start = _middle(chain[0], places) + (n - (len(out) - 1) / 2) * 40
            found.append(_line(chain, start, edges[edge], places, n))
    return found


def _line(chain: list[Node], start: float, words: str, places: Mapping[Node, Point], number: int) -> Line:
    x, y = start, places[chain[0]][1] + HEIGHT
    path, first = f"M{x:.0f} {y:.0f}", y
    for node in chain[1:]:
        to_x, to_y = _middle(node, places), places[node][1]
        path += f"C{x:.0f} {y + _GAP_Y / 2:.0f} {to_x:.0f} {to_y - _GAP_Y / 2:.0f} {to_x:.0f} {to_y:.0f}"
        x, y = to_x, to_y
        if node[1]:
            path += f"V{to_y + HEIGHT:.0f}"
            y = to_y + HEIGHT
    down = 17 + 21 * (number % 3)
    return Line(path, words, _in_lines(words, _WORDS), _beside(start, _middle(chain[1], places), down), first + down)


def _beside(start: float, end: float, down: float) -> float:
    """Where a way from one row to the next is so far below its start."""
    low, high = 0.0, 1.0
    for _half in range(20):
        along = (low + high) / 2
        if 1.5 * _GAP_Y * along * (1 - along) + _GAP_Y * along**3 < down:
            low = along
        else:
            high = along
    return start + (end - start) * along**2 * (3 - 2 * along)


def _in_lines(text: str, letters: int) -> list[str]:
    """A text in two lines of so many letters at most; of a longer one the last line ends in `…`."""
    lines = wrap(text, letters)
    rest = " ".join(lines[_LINES - 1 :])
    return [*lines[: _LINES - 1], clipped(rest, letters)] if rest else lines
