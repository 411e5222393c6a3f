"""Edits that name the last query or a part of it: what is taken off or swapped, the way back, a new subject."""

import re

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.elsewhen import told_elsewhen
from b2shift.insight.planning.swapping import another_number, swapped
from b2shift.insight.planning.taking import EDIT, NAMES, SAID, places, take
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.items import CONNECTORS, Item, Reading
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Filter

ENDS = frozenset({"top", "bottom", "best", "worst"})
COUNTED = frozenset({"new_customers", "churned_customers", "active_customers"})


def reshaped(reading: Reading, before: Draft) -> Draft | None:
    """The last query after what a turn says about it, whose words are taken out of the reading; None for a new subject.

    What cannot be told is left in `unsure`. The rest of the turn is read as any other one.
    """
    aside = pattern("new_subject").match(reading.text)
    if aside:
        take(reading, *places(reading, aside), SAID)
        return None
    out = before.copy()
    out.unsure = ""
    back = pattern("goes_back").match(reading.text)
    if back:
        take(reading, *places(reading, back))
        return _earlier(before, back, reading)
    returned = pattern("back_to").match(reading.text)
    if returned and not reading.cue("absolute"):
        _put_again(reading, *places(reading, returned))
    other = pattern("another_one").search(reading.text)
    if other:
        out.unsure = other.group().strip()
    told_elsewhen(out, reading)
    for edit in (
        _share,
        _come_to,
        _between,
        _counted,
        _others,
        bare_codes,
        another_number,
        swapped,
        _taken_off,
        _all_of_them,
        _whole,
        bare_values,
        _joining,
    ):
        edit(out, reading)
    return out


def only_edits(reading: Reading) -> bool:
    """Whether a turn consists of edits of the view, names of the dictionary and words that bind them: it orders no write."""
    if reading.cue(EDIT) is None:
        return False
    covered = reading.covered()
    return all(
        place in covered or word in CONNECTORS | words("edit_binders") or not word[:1].isalnum()
        for place, word in enumerate(reading.folded)
    )


def _put_again(reading: Reading, start: int, end: int) -> None:
    """`Volta para segmento`: what follows is read as if it stood alone, a dimension as what splits."""
    split = any(i.kind == "dimension" and i.start - end <= 2 for i in reading.items if i.start > end)
    take(reading, start, end + split, "by" if split else SAID)


def _earlier(before: Draft, found: re.Match[str], reading: Reading) -> Draft:
    target = before.earlier
    if target and found["first"]:
        while target.earlier is not None:
            target = target.earlier
    if target is None:
        out = before.copy()
        out.unsure = reading.question
        return out
    out = target.copy()
    out.unsure = ""
    return out


def _named(reading: Reading, start: int, end: int) -> list[Item]:
    return [i for i in reading.items if i.kind in NAMES and start <= i.start < end]


def _targets(reading: Reading, place: int) -> tuple[list[Item], int]:
    """The names that follow a place with nothing but binding words between them, and where they end."""
    found: list[Item] = []
    at = place
    while at < len(reading.words):
        item = next((i for i in reading.items if i.start == at and i.kind in NAMES), None)
        if item:
            found.append(item)
            at = item.end
        elif reading.folded[at] in words("edit_binders") | CONNECTORS and not (found and reading.folded[at] == "por"):
            at += 1
        else:
            break
    return found, found[-1].end if found else place


def _taken_off(out: Draft, reading: Reading) -> None:
    """`Tira o filtro de região`, `sem a quebra`, `esquece o MRR`: the part of the query that is named goes."""
    for found in pattern("takes_off").finditer(reading.text):
        start, end = places(reading, found)
        reach = reading.words[end : end + 4]
        noun = next((end + n for n, word in enumerate(reach) if word.lemma in words("parts_of_a_query")), None)
        if noun is not None and _binding(reading, end, noun):
            named = _named(reading, end, noun)
            after, last = _targets(reading, noun + 1)
            if _part_off(out, reading, noun, [*named, *after]):
                take(reading, start, max(noun + 1, last))
                return
            continue
        stepped = pattern("steps").match(" ".join(reading.folded[end:]))
        if stepped and (out.grain or out.intent == "trend"):
            _unstepped(out)
            take(reading, start, end + stepped.group().count(" ") + 1)
            return
        named, last = _targets(reading, end)
        if not named and any(0 <= i.start - end <= 3 and i.name in ENDS for i in reading.of("cue")):
            out.unsure = reading.question  # `exclui os 3 menores`: a query leaves out no ranks
        without = reading.folded[start] in {"sem", "without", "no"}
        gone = [item for item in named if not (without and item.kind == "metric") and _name_off(out, item)]
        if gone and len(gone) == len(named):
            take(reading, start, last)
            return
        if named and not gone and all(item.kind == "value" for item in named) and reading.cue("not") is None:
            take(reading, start, end, "not")  # `drop essential` after plans leaves it out


def _binding(reading: Reading, start: int, end: int) -> bool:
    names = {place for item in _named(reading, start, end) for place in range(item.start, item.end)}
    return all(place in names or reading.folded[place] in words("edit_binders") for place in range(start, end))


def _part_off(out: Draft, reading: Reading, noun: int, named: list[Item]) -> bool:  # noqa: PLR0911 - one part per line
    word = reading.words[noun]
    if word.lemma in words("split_nouns"):
        kept = [d for d in out.dimensions if named and d not in {item.name for item in named}]
        if not set(out.dimensions) - set(kept):
            return False
        _unsplit(out, kept)
        return True
    if word.lemma in words("compare_nouns"):
        had = out.comparison is not None
        out.comparison, out.intent = None, "trend" if out.grain else "metric"
        return had
    if word.lemma in words("limit_nouns"):
        had, out.limit = out.limit is not None, None
        return had
    if named:
        return sum(_name_off(out, item) for item in named) == len(named)
    several = word.folded != word.lemma or {"nenhum", "nenhuma", "any", "all"} & set(reading.folded)
    last = _added_last(out)
    gone = out.filters if several or len(out.filters) == 1 else [last] if last else []
    if not gone:
        out.unsure = reading.question
        return True
    out.filters = [f for f in out.filters if f not in gone]
    return True


def _added_last(before: Draft) -> Filter | None:
    """The one condition that the last turn put beside those of the turn before it."""
    if before.earlier is None:
        return None
    new = [f for f in before.filters if f not in before.earlier.filters]
    fields = {f.field for f in before.earlier.filters}
    return new[0] if len(new) == 1 and new[0].field not in fields else None


def _name_off(out: Draft, item: Item) -> bool:
    """Take a name out of the query where it stands; False where it does not."""
    members = out.comparison
    if item.kind == "value":
        if members and members.field == item.name and members.values and item.value in members.values:
            rest = tuple(one for one in members.values if one != item.value)
            if len(rest) < 2:
                out.comparison, out.intent = None, "trend" if out.grain else "metric"
                out.add_filter(item.name, "eq", rest[0])
            else:
                out.comparison = members.model_copy(update={"values": rest})
            return True
        return _value_off(out, item)
    if item.kind == "dimension" and item.name in out.dimensions and item.name != "customer":
        _unsplit(out, [d for d in out.dimensions if d != item.name])
        return True
    kept = [f for f in out.filters if f.field != item.name]
    gone = len(kept) < len(out.filters)
    out.filters = kept
    if item.kind == "metric" and item.name in out.metrics and (gone or len(out.metrics) > 1):
        out.metrics = [name for name in out.metrics if name != item.name]
        out.order = out.order if out.order is None or out.order.by in out.metrics else None
        return True
    return gone


def _value_off(out: Draft, item: Item) -> bool:
    for place, one in enumerate(out.filters):
        if one.field != item.name or one.op not in {"eq", "in"}:
            continue
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        if item.value in values:
            rest = tuple(value for value in values if value != item.value)
            told = {"op": "in", "value": rest} if len(rest) > 1 else {"op": "eq", "value": rest[0]} if rest else {}
            out.filters[place : place + 1] = [one.model_copy(update=told)] if told else []
            return True
    return False


def _unsplit(out: Draft, kept: list[str]) -> None:
    members = out.comparison
    if members and members.type == "members" and members.field not in kept:
        out.comparison = None
    out.dimensions = kept
    out.each = out.each if out.each in kept else None
    if not kept:
        out.order, out.limit = None, None
        out.intent = "metric" if out.intent in {"rank", "compare"} and out.comparison is None else out.intent
        out.calculation = None if out.calculation == "share_of_total" and not out.filters else out.calculation


def _unstepped(out: Draft) -> None:
    out.grain = None
    out.intent = "metric" if out.intent == "trend" else out.intent


def _all_of_them(out: Draft, reading: Reading) -> None:
    """`Todos os segmentos` lifts the condition on segments, `na verdade, todos` the limit or the condition said last."""
    for found in pattern("all_of").finditer(reading.text):
        start, end = places(reading, found)
        item = next((i for i in reading.of("dimension") if i.start == end), None)
        kept = [f for f in out.filters if item and f.field != item.name]
        if item and len(kept) < len(out.filters):
            out.filters = kept
            take(reading, start, item.end)
            return
    alone = pattern("all_alone").match(reading.text)
    if alone is None:
        return
    last = _added_last(out)
    if out.limit is not None:
        out.limit = None
    elif last or len(out.filters) == 1:
        out.filters = [f for f in out.filters if f != (last or out.filters[0])]
    else:
        return
    take(reading, *places(reading, alone))


def _whole(out: Draft, reading: Reading) -> None:
    """`Na base toda` lifts the conditions, `e o total?` the groups; each does the other's where it finds nothing."""
    base, total = pattern("whole_base").search(reading.text), pattern("whole_total").match(reading.text)
    found = base or total
    groups = [d for d in out.dimensions if d != "customer"]
    if found is None or "customer" in out.dimensions or reading.cue("compare", "average_all"):
        return
    if out.filters and (base or not groups):
        out.filters = []
    elif groups:
        _unsplit(out, [])
    else:
        return
    take(reading, *places(reading, found), EDIT if found is total or len(reading.words) <= 6 else SAID)


def _share(out: Draft, reading: Reading) -> None:
    """`Quanto isso é do total?`, `qual a participação de cada um?`: the part that the last query is of everything."""
    found = pattern("part_of_all").search(reading.text) if reading.cue("share") is None else None
    found = found or (pattern("part_of_each").search(reading.text) if out.dimensions else None)
    if found:
        take(reading, *places(reading, found), "share")


def _come_to(out: Draft, reading: Reading) -> None:
    """`Quanto de MRR isso representa?` after customers: what they come to, all together."""
    found = pattern("comes_to").match(reading.text)
    if found is None:
        return
    verb = reading.text[: found.start("verb")].count(" ")
    reading.items = [i for i in reading.items if not (i.start == verb and i.name == "share")]
    reading.items.append(Item("cue", SAID, verb, verb + 1))
    reading.items.sort(key=lambda item: item.start)
    if "customer" in out.dimensions:
        if out.limit is not None:
            out.unsure = reading.question  # of the first ten only
        _unsplit(out, [d for d in out.dimensions if d != "customer"])


def _between(out: Draft, reading: Reading) -> None:
    """`E a variação?` after two periods or two values: both are compared."""
    found = pattern("between_both").match(reading.text)
    if found and reading.cue("compare") is None:
        take(reading, *places(reading, found), "compare")


def _counted(out: Draft, reading: Reading) -> None:
    """`E perdidos?` after a number of customers: which of them are counted."""
    found = pattern("which_customers").match(reading.text)
    if found and out.metrics and set(out.metrics) <= COUNTED:
        start, end = places(reading, found)
        name = "churned_customers" if found["gone"] else "new_customers" if found["came"] else "active_customers"
        reading.items = [i for i in reading.items if i.end <= start or i.start >= end]
        reading.items.append(Item("metric", name, start, end))


def _others(out: Draft, reading: Reading) -> None:
    """`E dos outros planos?` after one of them: all but that."""
    for found in pattern("other_groups").finditer(reading.text):
        start, end = places(reading, found)
        item = next((i for i in reading.of("dimension") if i.start == end), None)
        held = [f for f in out.filters if item and f.field == item.name and f.op in {"eq", "in"}]
        if item and held:
            values = held[0].value if isinstance(held[0].value, tuple) else (held[0].value,)
            out.filters = [f for f in out.filters if f not in held]
            for value in values:
                out.add_filter(item.name, "neq", value)
            take(reading, start, item.end)
            return


def bare_codes(out: Draft, reading: Reading) -> None:
    """`Só 1, 2 e 3`, `sem o 7` after figures by cluster: its codes."""
    known = load_dictionary().dimensions["cluster"].values
    codes = [a for a in reading.amounts if not a.unit and str(a.value) in known]
    alone = pattern("only_codes").match(reading.text) and len(codes) == len(reading.amounts)
    if alone and "cluster" in out.dimensions and out.limit is None:
        reading.amounts = []
        reading.items = [i for i in reading.items if not any(a.start <= i.start < a.end for a in codes)]
        reading.items += [Item("value", "cluster", a.start, a.end, a.value) for a in codes]
        reading.items.sort(key=lambda item: item.start)


def bare_values(out: Draft, reading: Reading) -> None:
    """`E das médias?` after sizes, `e os de risco baixo, e médio?` after risks: ordinary words that the last query makes values."""
    held = {*out.dimensions, *(f.field for f in out.filters)} | {out.comparison.field if out.comparison else None}
    covered = reading.covered()
    for place, word in enumerate(reading.folded):
        free = place not in covered or any(
            i.start == place and i.name in {"average_all", "compare"} for i in reading.items
        )
        size = free and word in words("plain_sizes") and "company_size" in held
        risk = (
            place not in covered
            and words("plain_risks") & {word}
            and "risk_band" in held
            and "company_size" not in held
        )
        if not (size or risk):
            continue
        reading.items = [i for i in reading.items if not i.start <= place < i.end]
        value = "media" if size else word.rstrip("s")[:-1] + "o"
        reading.items.append(Item("value", "company_size" if size else "risk_band", place, place + 1, value))
    reading.items.sort(key=lambda item: item.start)


def _joining(out: Draft, reading: Reading) -> None:
    """Words of a turn that only say that something joins or is put: `adiciona`, `do lado`, `too`, `o Sudeste inteiro`."""
    covered = reading.covered()
    for found in pattern("edit_words").finditer(reading.text):
        start, end = places(reading, found)
        if not covered & set(range(start, end)):
            reading.items.append(Item("cue", SAID, start, end))
    reading.items.sort(key=lambda item: item.start)
