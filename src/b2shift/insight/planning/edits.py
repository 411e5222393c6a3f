"""Explicit edits of the last query: removing or replacing a part, undo, starting over."""

import re

from b2shift.insight.planning.consuming import EDIT, EDIT_WORD, NAMES, consume, span_of
from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.relative_time import resolve_relative_time
from b2shift.insight.planning.substitution import apply_new_number, apply_substitution
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Filter

ENDS = frozenset({"top", "bottom", "best", "worst"})
COUNTED = frozenset({"new_customers", "churned_customers", "active_customers"})


def apply_edits(reading: Reading, before: Draft) -> Draft | None:
    """The last query after the edits in a turn, whose words are consumed; None when the turn starts over.

    What cannot be told is left in `unsure`. The rest of the turn is read as any other one.
    """
    aside = pattern("new_subject").match(reading.text)
    if aside:
        consume(reading, *span_of(reading, aside), EDIT_WORD)
        return None
    out = before.copy()
    out.ambiguous = ""
    back = pattern("goes_back").match(reading.text)
    if back:
        consume(reading, *span_of(reading, back))
        return _undo(before, back, reading)
    returned = pattern("back_to").match(reading.text)
    if returned and not reading.cue("absolute"):
        _reissue(reading, *span_of(reading, returned))
    other = pattern("another_one").search(reading.text)
    if other:
        out.ambiguous = other.group().strip()
    resolve_relative_time(out, reading)
    for edit in (
        _share,
        _total_of_listed,
        _between,
        _counted,
        _complement,
        bare_codes,
        apply_new_number,
        apply_substitution,
        _remove_named,
        _lift_filter,
        _lift_all,
        bare_values,
        _consume_connectives,
    ):
        edit(out, reading)
    return out


def only_edits(reading: Reading) -> bool:
    """Whether a turn consists only of edits, dictionary names and connectives, and so requests no write."""
    if reading.cue(EDIT) is None:
        return False
    covered = reading.covered()
    return all(
        position in covered or word in CONNECTORS | words("edit_binders") or not word[:1].isalnum()
        for position, word in enumerate(reading.folded)
    )


def _reissue(reading: Reading, start: int, end: int) -> None:
    """`Volta para segmento`: the rest is read as a question of its own, its dimension as a grouping."""
    split = any(i.kind == "dimension" and i.start - end <= 2 for i in reading.mentions if i.start > end)
    consume(reading, start, end + split, "by" if split else EDIT_WORD)


def _undo(before: Draft, found: re.Match[str], reading: Reading) -> Draft:
    target = before.previous
    if target and found["first"]:
        while target.previous is not None:
            target = target.previous
    if target is None:
        out = before.copy()
        out.ambiguous = reading.question
        return out
    out = target.copy()
    out.ambiguous = ""
    return out


def _named(reading: Reading, start: int, end: int) -> list[Mention]:
    return [i for i in reading.mentions if i.kind in NAMES and start <= i.start < end]


def _targets(reading: Reading, position: int) -> tuple[list[Mention], int]:
    """The names after a position, with only connectives between them, and where they end."""
    found: list[Mention] = []
    at = position
    while at < len(reading.words):
        mention = next((i for i in reading.mentions if i.start == at and i.kind in NAMES), None)
        if mention:
            found.append(mention)
            at = mention.end
        elif reading.folded[at] in words("edit_binders") | CONNECTORS and not (found and reading.folded[at] == "por"):
            at += 1
        else:
            break
    return found, found[-1].end if found else position


def _remove_named(out: Draft, reading: Reading) -> None:
    """Remove the part named: `tira o filtro de região`, `sem a quebra`, `esquece o MRR`."""
    for found in pattern("takes_off").finditer(reading.text):
        start, end = span_of(reading, found)
        reach = reading.words[end : end + 4]
        noun = next((end + n for n, word in enumerate(reach) if word.lemma in words("parts_of_a_query")), None)
        if noun is not None and _binding(reading, end, noun):
            named = _named(reading, end, noun)
            after, last = _targets(reading, noun + 1)
            if _remove_part(out, reading, noun, [*named, *after]):
                consume(reading, start, max(noun + 1, last))
                return
            continue
        stepped = pattern("steps").match(" ".join(reading.folded[end:]))
        if stepped and (out.grain or out.intent == "trend"):
            _remove_grain(out)
            consume(reading, start, end + stepped.group().count(" ") + 1)
            return
        named, last = _targets(reading, end)
        if not named and any(0 <= i.start - end <= 3 and i.name in ENDS for i in reading.of("cue")):
            out.ambiguous = reading.question  # `exclui os 3 menores`: a query leaves out no ranks
        without = reading.folded[start] in {"sem", "without", "no"}
        removed = [
            mention for mention in named if not (without and mention.kind == "metric") and _remove_mention(out, mention)
        ]
        if removed and len(removed) == len(named):
            consume(reading, start, last)
            return
        if named and not removed and all(mention.kind == "value" for mention in named) and reading.cue("not") is None:
            consume(reading, start, end, "not")  # `drop essential` after plans leaves it out


def _binding(reading: Reading, start: int, end: int) -> bool:
    names = {position for mention in _named(reading, start, end) for position in range(mention.start, mention.end)}
    return all(position in names or reading.folded[position] in words("edit_binders") for position in range(start, end))


def _remove_part(out: Draft, reading: Reading, noun: int, named: list[Mention]) -> bool:  # noqa: PLR0911 - one part per line
    word = reading.words[noun]
    if word.lemma in words("split_nouns"):
        kept = [d for d in out.dimensions if named and d not in {mention.name for mention in named}]
        if not set(out.dimensions) - set(kept):
            return False
        _set_dimensions(out, kept)
        return True
    if word.lemma in words("compare_nouns"):
        had = out.comparison is not None
        out.comparison, out.intent = None, "trend" if out.grain else "metric"
        return had
    if word.lemma in words("limit_nouns"):
        had, out.limit = out.limit is not None, None
        return had
    if named:
        return sum(_remove_mention(out, mention) for mention in named) == len(named)
    several = word.folded != word.lemma or {"nenhum", "nenhuma", "any", "all"} & set(reading.folded)
    last = _last_added_filter(out)
    removed = out.filters if several or len(out.filters) == 1 else [last] if last else []
    if not removed:
        out.ambiguous = reading.question
        return True
    out.filters = [f for f in out.filters if f not in removed]
    return True


def _last_added_filter(before: Draft) -> Filter | None:
    """The only filter that the last turn added to the query before it."""
    if before.previous is None:
        return None
    new = [f for f in before.filters if f not in before.previous.filters]
    fields = {f.field for f in before.previous.filters}
    return new[0] if len(new) == 1 and new[0].field not in fields else None


def _remove_mention(out: Draft, mention: Mention) -> bool:
    """Remove a name from the slot that holds it; False where none does."""
    members = out.comparison
    if mention.kind == "value":
        if members and members.field == mention.name and members.values and mention.value in members.values:
            rest = tuple(one for one in members.values if one != mention.value)
            if len(rest) < 2:
                out.comparison, out.intent = None, "trend" if out.grain else "metric"
                out.add_filter(mention.name, "eq", rest[0])
            else:
                out.comparison = members.model_copy(update={"values": rest})
            return True
        return _remove_value(out, mention)
    if mention.kind == "dimension" and mention.name in out.dimensions and mention.name != "customer":
        _set_dimensions(out, [d for d in out.dimensions if d != mention.name])
        return True
    kept = [f for f in out.filters if f.field != mention.name]
    removed = len(kept) < len(out.filters)
    out.filters = kept
    if mention.kind == "metric" and mention.name in out.metrics and (removed or len(out.metrics) > 1):
        out.metrics = [name for name in out.metrics if name != mention.name]
        out.order = out.order if out.order is None or out.order.by in out.metrics else None
        return True
    return removed


def _remove_value(out: Draft, mention: Mention) -> bool:
    for position, one in enumerate(out.filters):
        if one.field != mention.name or one.op not in {"eq", "in"}:
            continue
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        if mention.value in values:
            rest = tuple(value for value in values if value != mention.value)
            update = {"op": "in", "value": rest} if len(rest) > 1 else {"op": "eq", "value": rest[0]} if rest else {}
            out.filters[position : position + 1] = [one.model_copy(update=update)] if update else []
            return True
    return False


def _set_dimensions(out: Draft, kept: list[str]) -> None:
    members = out.comparison
    if members and members.type == "members" and members.field not in kept:
        out.comparison = None
    out.dimensions = kept
    out.each = out.each if out.each in kept else None
    if not kept:
        out.order, out.limit = None, None
        out.intent = "metric" if out.intent in {"rank", "compare"} and out.comparison is None else out.intent
        out.calculation = None if out.calculation == "share_of_total" and not out.filters else out.calculation


def _remove_grain(out: Draft) -> None:
    out.grain = None
    out.intent = "metric" if out.intent == "trend" else out.intent


def _lift_filter(out: Draft, reading: Reading) -> None:
    """`Todos os segmentos` removes the filter on segments, a bare `todos` the limit or the last filter added."""
    for found in pattern("all_of").finditer(reading.text):
        start, end = span_of(reading, found)
        mention = next((i for i in reading.of("dimension") if i.start == end), None)
        kept = [f for f in out.filters if mention and f.field != mention.name]
        if mention and len(kept) < len(out.filters):
            out.filters = kept
            consume(reading, start, mention.end)
            return
    alone = pattern("all_alone").match(reading.text)
    if alone is None:
        return
    last = _last_added_filter(out)
    if out.limit is not None:
        out.limit = None
    elif last or len(out.filters) == 1:
        out.filters = [f for f in out.filters if f != (last or out.filters[0])]
    else:
        return
    consume(reading, *span_of(reading, alone))


def _lift_all(out: Draft, reading: Reading) -> None:
    """`Na base toda` removes the filters, `e o total?` the grouping; each falls back to the other."""
    base, total = pattern("whole_base").search(reading.text), pattern("whole_total").match(reading.text)
    found = base or total
    groups = [d for d in out.dimensions if d != "customer"]
    if found is None or "customer" in out.dimensions or reading.cue("compare", "average_all"):
        return
    if out.filters and (base or not groups):
        out.filters = []
    elif groups:
        _set_dimensions(out, [])
    else:
        return
    consume(reading, *span_of(reading, found), EDIT if found is total or len(reading.words) <= 6 else EDIT_WORD)


def _share(out: Draft, reading: Reading) -> None:
    """`Quanto isso é do total?`, `qual a participação de cada um?`: share of total."""
    found = pattern("part_of_all").search(reading.text) if reading.cue("share") is None else None
    found = found or (pattern("part_of_each").search(reading.text) if out.dimensions else None)
    if found:
        consume(reading, *span_of(reading, found), "share")


def _total_of_listed(out: Draft, reading: Reading) -> None:
    """`Quanto de MRR isso representa?` after a list: one total of those listed."""
    found = pattern("comes_to").match(reading.text)
    if found is None:
        return
    verb = reading.text[: found.start("verb")].count(" ")
    reading.mentions = [i for i in reading.mentions if not (i.start == verb and i.name == "share")]
    reading.mentions.append(Mention("cue", EDIT_WORD, verb, verb + 1))
    reading.mentions.sort(key=lambda mention: mention.start)
    if "customer" in out.dimensions:
        if out.limit is not None:
            out.ambiguous = reading.question  # of the first ten only
        _set_dimensions(out, [d for d in out.dimensions if d != "customer"])


def _between(out: Draft, reading: Reading) -> None:
    """`E a variação?` after two periods or two values: a comparison."""
    found = pattern("between_both").match(reading.text)
    if found and reading.cue("compare") is None:
        consume(reading, *span_of(reading, found), "compare")


def _counted(out: Draft, reading: Reading) -> None:
    """`E perdidos?` after a count: another count of customers."""
    found = pattern("which_customers").match(reading.text)
    if found and out.metrics and set(out.metrics) <= COUNTED:
        start, end = span_of(reading, found)
        name = "churned_customers" if found["gone"] else "new_customers" if found["came"] else "active_customers"
        reading.mentions = [i for i in reading.mentions if i.end <= start or i.start >= end]
        reading.mentions.append(Mention("metric", name, start, end))


def _complement(out: Draft, reading: Reading) -> None:
    """`E dos outros planos?` after one value: all values but that one."""
    for found in pattern("other_groups").finditer(reading.text):
        start, end = span_of(reading, found)
        mention = next((i for i in reading.of("dimension") if i.start == end), None)
        present = [f for f in out.filters if mention and f.field == mention.name and f.op in {"eq", "in"}]
        if mention and present:
            values = present[0].value if isinstance(present[0].value, tuple) else (present[0].value,)
            out.filters = [f for f in out.filters if f not in present]
            for value in values:
                out.add_filter(mention.name, "neq", value)
            consume(reading, start, mention.end)
            return


def bare_codes(out: Draft, reading: Reading) -> None:
    """Bare numbers as cluster codes after figures by cluster: `só 1, 2 e 3`, `sem o 7`."""
    known = load_dictionary().dimensions["cluster"].values
    codes = [a for a in reading.amounts if not a.unit and str(a.value) in known]
    alone = pattern("only_codes").match(reading.text) and len(codes) == len(reading.amounts)
    if alone and "cluster" in out.dimensions and out.limit is None:
        reading.amounts = []
        reading.mentions = [i for i in reading.mentions if not any(a.start <= i.start < a.end for a in codes)]
        reading.mentions += [Mention("value", "cluster", a.start, a.end, a.value) for a in codes]
        reading.mentions.sort(key=lambda mention: mention.start)


def bare_values(out: Draft, reading: Reading) -> None:
    """Ordinary words as values of a dimension of the last query: `e das médias?` after sizes."""
    present = {*out.dimensions, *(f.field for f in out.filters)} | {out.comparison.field if out.comparison else None}
    covered = reading.covered()
    for position, word in enumerate(reading.folded):
        free = position not in covered or any(
            i.start == position and i.name in {"average_all", "compare"} for i in reading.mentions
        )
        size = free and word in words("plain_sizes") and "company_size" in present
        risk = (
            position not in covered
            and words("plain_risks") & {word}
            and "risk_band" in present
            and "company_size" not in present
        )
        if not (size or risk):
            continue
        reading.mentions = [i for i in reading.mentions if not i.start <= position < i.end]
        value = "media" if size else word.rstrip("s")[:-1] + "o"
        reading.mentions.append(
            Mention("value", "company_size" if size else "risk_band", position, position + 1, value)
        )
    reading.mentions.sort(key=lambda mention: mention.start)


def _consume_connectives(out: Draft, reading: Reading) -> None:
    """Consume words that only connect or place: `adiciona`, `do lado`, `too`, `o Sudeste inteiro`."""
    covered = reading.covered()
    for found in pattern("edit_words").finditer(reading.text):
        start, end = span_of(reading, found)
        if not covered & set(range(start, end)):
            reading.mentions.append(Mention("cue", EDIT_WORD, start, end))
    reading.mentions.sort(key=lambda mention: mention.start)
