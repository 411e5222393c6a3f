"""Around one column, table or metric: back to files and headers, on to features and metrics."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from pathlib import Path

from b2shift.identify.catalogue.delivered import Delivered, delivered
from b2shift.identify.catalogue.shapes import Lineage, LineageNode
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import ColumnRef, Lake, Trace
from b2shift.metrics.api import MAIN, Bucket, Scope, aggregate, has_data, load_dictionary, measures

METRIC, FILE = "metric", "file"
MEMBERS = "customers"
"""Every metric joins the customers it may count; that alone does not make it come from them."""
_MOST_NODES = 120
_ANY_MONTH = [Bucket(MAIN, date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 1))]
Steps = dict[str, frozenset[str]]


class Lineages:
    """The lineage of one version of a home: what was read off once serves every question that follows."""

    def __init__(self, lake: Lake, home: Path) -> None:
        self.trace = Trace(lake)
        self.delivered: dict[str, dict[str, tuple[Delivered, ...]]] = delivered(home)

    def around(self, start: str, *, back: bool = True, on: bool = True) -> Lineage:
        """The lineage of `table.column`, `table` or `metric:name`; UnknownNameError offers the near names."""
        self._known(start)
        forward: set[tuple[str, str]] = set()
        places, left_out = {start}, 0
        for wanted, step in ((back, self.before), (on, self.after)):
            if wanted:
                seen, edges, more = _walk(start, step)
                places, left_out = places | seen, left_out + more
                forward |= {(two, one) if step == self.before else (one, two) for one, two in edges}
        depths = _depths(start, forward)
        nodes = tuple(self._node(one, depths[one]) for one in sorted(places, key=lambda one: (depths[one], one)))
        return Lineage(start=start, nodes=nodes, edges=tuple(sorted(forward)), left_out=left_out)

    def made_of(self, table: str) -> tuple[list[str], list[str]]:
        """Every table computed from a table, by name, and every metric, by label; through any number of steps."""
        waiting, metrics = [table], set()
        for one in waiting:
            for node in self.after(one):
                if node.startswith(f"{METRIC}:"):
                    metrics.add(load_dictionary().metrics[node.partition(":")[2]].label)
                elif _place(node).table not in waiting:
                    waiting.append(_place(node).table)
        return sorted(waiting[1:]), sorted(metrics)

    def before(self, node: str) -> frozenset[str]:
        """What one place is made from."""
        if node.startswith(f"{FILE}:"):
            return frozenset()
        if node.startswith(f"{METRIC}:"):
            return self.metrics.get(node, frozenset())
        place = _place(node)
        feeds = self.delivered.get(place.table, {}).get(place.column, ())
        if feeds:
            return frozenset(f"{FILE}:{one.files}{':' + one.header if one.header else ''}" for one in feeds)
        return frozenset(map(_id, self.trace.origins(place) - {place}))

    def after(self, node: str) -> frozenset[str]:
        """What is made from one place; what reads a table as a whole reads each of its columns."""
        if node.startswith((f"{FILE}:", f"{METRIC}:")):
            return frozenset()
        place = _place(node)
        users = self.trace.used_by.get(place, frozenset()) | self.trace.used_by.get(ColumnRef(place.table), frozenset())
        if not place.column:
            users |= {user for one, found in self.trace.used_by.items() if one.table == place.table for user in found}
        return frozenset(_id(user) for user in users if user.table != place.table) | self._measured(place)

    @cached_property
    def metrics(self) -> Steps:
        """Metric → the columns it is computed from; one that counts rows comes from its tables."""
        found = {}
        for name in load_dictionary().metrics:
            if not has_data(name) or "source" not in measures()["measures"].get(name, {}):
                continue
            told = aggregate(name, _ANY_MONTH, (), (), Scope(), filtered=_ANY_MONTH).sql
            followed = self.trace.statement(told)
            counted = followed.tables - {ColumnRef(MEMBERS)} or followed.tables
            places = followed.origins("value") or counted
            found[f"{METRIC}:{name}"] = frozenset(_id(one) for one in places if self.trace.lake.has(one.table))
        return found

    @cached_property
    def _users(self) -> Steps:
        found: dict[str, set[str]] = defaultdict(set)
        for metric, places in self.metrics.items():
            for place in places:
                found[place].add(metric)
        return {place: frozenset(metrics) for place, metrics in found.items()}

    def _measured(self, place: ColumnRef) -> frozenset[str]:
        """Metrics of a column; of a table as a whole those of its columns too."""
        if place.column:
            return self._users.get(_id(place), frozenset())
        own = (users for one, users in self._users.items() if _place(one).table == place.table)
        return frozenset().union(*own)

    def _known(self, start: str) -> None:
        if start.startswith(f"{METRIC}:"):
            names = load_dictionary().metrics
            if start.partition(":")[2] not in names:
                raise UnknownNameError("métrica", start.partition(":")[2], names)
            return
        place = _place(start)
        self.trace.lake.info(place.table)
        if place.column and place.column not in self.trace.schemas[place.table]:
            raise UnknownNameError("coluna", place.column, self.trace.schemas[place.table])

    def _node(self, node: str, depth: int) -> LineageNode:
        kind, _, rest = node.partition(":")
        if kind == METRIC and rest:
            label = load_dictionary().metrics[rest].label
            return LineageNode(id=node, kind=METRIC, holder=label, name=rest, depth=depth)
        if kind == FILE and rest:
            files, _, header = rest.partition(":")
            return LineageNode(id=node, kind=FILE, holder=files, name=header, depth=depth)
        place = _place(node)
        kind = "column" if place.column else "table"
        return LineageNode(id=node, kind=kind, holder=place.table, name=place.column, depth=depth)


def _place(node: str) -> ColumnRef:
    table, _, column = node.partition(".")
    return ColumnRef(table, column)


def _id(place: ColumnRef) -> str:
    return f"{place.table}.{place.column}" if place.column else place.table


def _walk(start: str, step: Callable[[str], Iterable[str]]) -> tuple[set[str], set[tuple[str, str]], int]:
    """Every place within reach, the nearest first until there are too many; the steps between those kept."""
    seen, edges, waiting, beyond = {start}, set(), [start], set()
    for node in waiting:
        for other in sorted(step(node)):
            if other not in seen and len(seen) >= _MOST_NODES:
                beyond.add(other)
                continue
            edges.add((node, other))
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen, edges, len(beyond)


def _depths(start: str, edges: set[tuple[str, str]]) -> dict[str, int]:
    """The most steps from the start to each place, before it counted negative; a circle is cut where it closes."""
    depths = {start: 0}
    for sign, near, far in ((-1, 1, 0), (1, 0, 1)):
        following = defaultdict(list)
        for edge in sorted(edges):
            following[edge[near]].append(edge[far])
        own = _longest(start, following)
        depths = {place: sign * depth for place, depth in own.items() if place != start} | depths
    return depths


def _longest(start: str, following: dict[str, list[str]]) -> dict[str, int]:
    order, on_way = [], set()

    def visit(place: str) -> None:
        on_way.add(place)
        for other in following.get(place, ()):
            if other not in on_way:
                visit(other)
        order.append(place)

    visit(start)
    found, rank = {start: 0}, {place: n for n, place in enumerate(reversed(order))}
    for place in reversed(order):
        for other in following.get(place, ()):
            if rank[other] > rank[place]:
                found[other] = max(found.get(other, 0), found[place] + 1)
    return found
