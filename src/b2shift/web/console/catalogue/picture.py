"""A lineage as a picture: boxes of tables in columns by their steps from the start, lines between their rows."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.identify.api import Lineage, LineageNode
from b2shift.web.console.formats import clipped
from b2shift.web.console.wording import shipped

WIDTH, _GAP_X, _GAP_Y, _EDGE = 188, 56, 16, 12
HEAD, ROW = 28, 24
_MOST_ROWS = 9
_LETTERS = 25


@dataclass
class Row:
    """One line of a box: a column, a header of a file or a metric."""

    name: str
    full: str
    href: str
    current: bool
    y: float = 0.0


@dataclass
class Box:
    """One table, file or metric at one depth."""

    kind: str
    title: str
    full: str
    href: str
    depth: int
    rows: list[Row] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        """Of head and rows, in the units of the picture."""
        return HEAD + ROW * len(self.rows) + (6 if self.rows else 0)

    @property
    def middle(self) -> float:
        """Where what touches the box as a whole touches it."""
        return self.y + HEAD / 2


@dataclass(frozen=True)
class Picture:
    """What the template draws."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[str]


def picture(lineage: Lineage) -> Picture:
    """Places before the start to its left, those after it to its right."""
    boxes, places = _boxes(lineage)
    columns: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        columns[box.depth].append(box)
    tallest = max(_height(column) for column in columns.values())
    first = min(columns)
    near = _near(lineage, places)
    for depth in sorted(columns, key=lambda depth: (abs(depth), depth)):
        column = columns[depth]
        column.sort(key=lambda box: (_pull(boxes, near[boxes.index(box)]), box.title))
        y = float(_EDGE)
        for box in column:
            box.x, box.y = _EDGE + (depth - first) * (WIDTH + _GAP_X), y
            for n, row in enumerate(box.rows):
                row.y = y + HEAD + ROW * (n + 0.5)
            y += box.height + _GAP_Y
    width = 2 * _EDGE + (max(columns) - first) * (WIDTH + _GAP_X) + WIDTH
    ends = {(places[one], places[two]) for one, two in lineage.edges}
    return Picture(width, tallest + 2 * _EDGE, boxes, sorted({_line(boxes, *pair) for pair in ends}))


Place = tuple[int, int]
"""Which box, and which of its rows; -1 for the box as a whole."""


def _boxes(lineage: Lineage) -> tuple[list[Box], dict[str, Place]]:
    """Boxes of rows, and where each node ended up; what does not fit stands in the last row of its box."""
    groups: dict[tuple[int, str, str], list[LineageNode]] = defaultdict(list)
    for node in lineage.nodes:
        holder = "" if node.kind == "metric" else node.holder
        groups[node.depth, node.kind.replace("column", "table"), holder].append(node)
    boxes: list[Box] = []
    places: dict[str, Place] = {}
    for (depth, kind, holder), nodes in groups.items():
        href = reverse("console:catalogue_table", args=[holder]) if kind == "table" else ""
        label = holder or _("Métricas")
        box = Box(kind, clipped(label, _LETTERS), label, href, depth)
        named = [node for node in nodes if node.name]
        shown = named if len(named) <= _MOST_ROWS else named[: _MOST_ROWS - 1]
        box.rows = [_row(node, lineage.start) for node in shown]
        if len(shown) < len(named):
            more = _("mais %(n)s") % {"n": len(named) - len(shown)}
            box.rows.append(Row(more, ", ".join(node.name for node in named[len(shown) :]), "", current=False))
        for n, node in enumerate(named):
            places[node.id] = (len(boxes), min(n, len(box.rows) - 1))
        places |= {node.id: (len(boxes), -1) for node in nodes if not node.name}
        boxes.append(box)
    return boxes, places


def _row(node: LineageNode, start: str) -> Row:
    href = ""
    if node.kind == "column":
        href = f"{reverse('console:catalogue_lineage', args=[node.holder])}?coluna={node.name}"
    elif node.kind == "metric":
        href = reverse("console:catalogue_metric", args=[node.name])
    name = shipped(node.holder) if node.kind == "metric" else node.name
    return Row(clipped(name, _LETTERS), name, href, current=node.id == start)


def _near(lineage: Lineage, places: dict[str, Place]) -> dict[int, set[int]]:
    """Box → the boxes its lines lead to."""
    found: dict[int, set[int]] = defaultdict(set)
    for one, two in lineage.edges:
        found[places[one][0]].add(places[two][0])
        found[places[two][0]].add(places[one][0])
    return found


def _pull(boxes: list[Box], near: set[int]) -> float:
    """The mean height of the neighbours that have their place already: columns are placed from the start outwards."""
    placed = [boxes[n].middle for n in near if boxes[n].x]
    return sum(placed) / len(placed) if placed else 0.0


def _line(boxes: list[Box], one: Place, two: Place) -> str:
    left, right = boxes[one[0]], boxes[two[0]]
    x, y = left.x + WIDTH, left.middle if one[1] < 0 else left.rows[one[1]].y
    to_x, to_y = right.x, right.middle if two[1] < 0 else right.rows[two[1]].y
    bend = max(24.0, (to_x - x) / 2)
    return f"M{x:.0f} {y:.1f}C{x + bend:.0f} {y:.1f} {to_x - bend:.0f} {to_y:.1f} {to_x:.0f} {to_y:.1f}"


def _height(column: list[Box]) -> float:
    return sum(box.height for box in column) + _GAP_Y * (len(column) - 1)
