"""Periods composed of others: ranges, lists, open ends, ellipses."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from b2shift.insight.reading import calendar
from b2shift.insight.reading.calendar import Days
from b2shift.insight.reading.periods import ORDINALS, PeriodMention, named_periods
from b2shift.kernel.calendar import add_months

TO_DATE = re.compile(
    r"^(?:ate|until|till|to|up to) (?:agora|hoje|aqui|o momento|o presente|a data de hoje|now|today|date)\b|^(?:so far|to date)\b"
)
NEAR = 5
"""Words between an ordinal and the quarter or half it belongs to."""
ARTICLES = frozenset({"o", "do", "ao", "the", "no"})
_JOIN = re.compile(r"^(?:a|ate|e|to|until|and|through|-|ao|with|com|o)(?: o)?$")
BESIDE = frozenset(
    "a o e com de do da ao ate to and with from x vs versus contra para for ou or , - the in em no na".split()
)
NEAR_YEARS = frozenset("passado passada este esta atual last this anterior".split())
_THROUGH = frozenset({"a", "ate", "to", "through", "-", "until"})
OF_YEAR = re.compile(r"(?:de|do|of) (20\d\d)$")
_FROM = frozenset("de entre from between desde".split())
_SINCE = (
    ("desde",),
    ("desde", "o", "inicio", "de"),
    ("desde", "o", "comeco", "de"),
    ("since", "the", "start", "of"),
    ("since", "the", "beginning", "of"),
    ("a", "partir", "de"),
    ("since",),
    ("from",),
    ("de",),
    ("starting",),
    ("desde", "o"),
    ("desde", "a"),
)
_TO_THE_END = tuple(
    tuple(said.split())
    for said in (
        "ate o fim de",
        "ate o final de",
        "ate fim de",
        "ate final de",
        "until the end of",
        "by the end of",
        "until end of",
    )
)
MOVING = ("cresc", "aument", "diminu", "caiu", "cair", "subi", "mudou", "mudar", "vari", "evolu", "perd", "ganh")
SAME = re.compile(
    r"\b(?:mesm[oa]s?|igual|same) (?:mes|meses|periodo|trimestre|semestre|epoca|month|months|period|quarter|half)(?: (?:de|do|em|no|of|in))?$"
)
"""`O mesmo mês de 2024`: the year stands for a month of it that was named before."""


def find_periods(words: list[str], as_of: date, ahead: bool, taken: set[int]) -> list[PeriodMention]:
    """Every period named in folded words, in order; with `ahead`, months without a year are future ones."""
    atoms = list(named_periods(words, as_of, ahead, set(taken)))
    elided = list(_elided(atoms, words))
    taken = {position for found in elided for position in range(found.start, found.end)}
    atoms = sorted([*elided, *(a for a in atoms if a.start not in taken)], key=lambda found: found.start)
    atoms = _year_before(_same_year(atoms, words), words, as_of)
    spans = [_since(found, words, as_of) for found in _ranges(_listed(atoms, words), words)]
    return _same_of_another_year(spans, words)


def _elided(atoms: list[PeriodMention], words: list[str]) -> Iterator[PeriodMention]:
    """`O primeiro com o segundo trimestre de 2025`, `2º semestre contra o 1º`: an ordinal beside a quarter or a half."""
    held = {position for found in atoms for position in range(found.start, found.end)}
    for found in atoms:
        unit = calendar.unit_of(found.days)
        if unit is None:
            continue
        for position in range(max(1, found.start - NEAR), min(len(words), found.end + NEAR)):
            index = ORDINALS.get(words[position], 0) if not words[position].isdigit() else 0
            months = calendar.MONTHS_IN[unit]
            year = OF_YEAR.match(" ".join(words[position + 1 : position + 3]))
            if index < 0 and year:
                index = 12 // months  # `ao último de 2025`; without a year the last one is a period of its own
            if (
                index < 1
                or position in held
                or words[position - 1] not in ARTICLES
                or words[position + 1 : position + 2] in ([unit],)
            ):
                continue
            first = date(int(year[1]) if year else found.days[0].year, 1, 1)
            end = position + 1 + (2 if year else 0)
            if months * index <= 12:
                yield PeriodMention(calendar.span(add_months(first, months * (index - 1)), months), position, end)


def same_in_year(days: Days, year: int) -> Days:
    """A period shifted to another year, by the year it ends in."""
    months = 12 * (year - days[1].year)
    end = days[1] if days[1] != calendar.month_end(days[1]) else None
    return add_months(days[0], months), add_months(end, months) if end else calendar.month_end(
        add_months(days[1].replace(day=1), months)
    )


def says_same(words: list[str], found: PeriodMention) -> bool:
    """Whether a year only shifts a period already named."""
    whole = found.days[0] == date(found.days[0].year, 1, 1) and (found.days[1] - found.days[0]).days > 31
    return whole and SAME.search(" ".join(words[: found.start])) is not None


def _same_of_another_year(atoms: list[PeriodMention], words: list[str]) -> list[PeriodMention]:
    out: list[PeriodMention] = []
    for found in atoms:
        if out and says_same(words, found):
            said = SAME.search(" ".join(words[: found.start]))
            start = said.string[: said.start()].count(" ") if said else found.start
            found = found._replace(days=same_in_year(out[-1].days, found.days[0].year), start=start)
        out.append(found)
    return out


def _same_year(atoms: list[PeriodMention], words: list[str]) -> list[PeriodMention]:
    """`O 1º tri com o 2º tri de 2025`, `abril e maio de 2025`: the year said once, at the end, is that of both."""
    out = list(atoms)
    for position in range(len(out) - 2, -1, -1):
        first, second = out[position], out[position + 1]
        year = any(re.search(r"20\d\d", word) for word in words[second.start : second.end])
        said = any(any(c.isdigit() for c in word[1:]) or word in NEAR_YEARS for word in words[first.start : first.end])
        days = [one.days[1] - one.days[0] for one in (first, second)]
        alike = max(days).days < 190 and abs(days[0] - days[1]).days <= 3
        beside = set(words[first.end : second.start]) <= BESIDE and second.start - first.end <= NEAR
        follows = first.days[0] - second.days[1] == timedelta(days=1)  # `o 1º tri contra o 4º de 2025`: side by side
        if year and not said and alike and beside and not follows:
            moved = same_in_year(first.days, second.days[1].year)
            ordered = moved if moved[0] <= second.days[0] else same_in_year(first.days, second.days[1].year - 1)
            out[position] = first._replace(days=ordered)
    return out


def _year_before(atoms: list[PeriodMention], words: list[str], as_of: date) -> list[PeriodMention]:
    """`O 2º semestre de 2025 com o do 1º semestre`: beside a year that is over, the half still running is not meant."""
    out = list(atoms)
    for position, (first, second) in enumerate(pairwise(atoms)):
        year = any(re.search(r"20\d\d", word) for word in words[first.start : first.end])
        said = any(re.search(r"20\d\d|^ano$|^year$", word) for word in words[second.start : second.end])
        unit = calendar.unit_of(first.days)
        running = unit is not None and calendar.current(unit, as_of)[0] == second.days[0] and first.days[1] < as_of
        beside = set(words[first.end : second.start]) <= BESIDE and second.start - first.end <= NEAR
        if unit and year and not said and running and beside:
            begun = second.days[0].replace(year=first.days[1].year)
            days = calendar.span(begun, calendar.MONTHS_IN[unit])
            out[position + 1] = second if days == first.days else second._replace(days=days)
    return out


def _listed(atoms: list[PeriodMention], words: list[str]) -> list[PeriodMention]:
    """`Em janeiro, fevereiro e março`: three and more that follow one another are one period; two to come are, too."""
    out: list[PeriodMention] = []
    run: list[PeriodMention] = []
    for found in [*atoms, None]:
        joined = run and found and words[run[-1].end : found.start] in ([","], ["e"], ["and"], [",", "e"], [",", "and"])
        follows = run and found and found.days[0] == run[-1].days[1] + timedelta(days=1)
        if found and (not run or (joined and follows)):
            run.append(found)
            continue
        enough = 2 if run and run[0].ahead and run[-1].ahead and not _set_apart(words) else 3
        whole = (run[0].days[0], run[-1].days[1]) if len(run) >= enough else None
        out += [run[0]._replace(days=whole, end=run[-1].end, several=True)] if whole else run
        run = [found] if found else []
    return out


def _ranges(atoms: list[PeriodMention], words: list[str]) -> list[PeriodMention]:
    joined: list[PeriodMention] = []
    for found in atoms:
        if joined:
            before = joined[-1]
            between = " ".join(words[before.end : found.start])
            opener = words[before.start - 1] if before.start else ""
            spanned = opener in {"do", "da"} and between in {"ao", "ate", "ate o", "a", "ate a"}
            if between in _THROUGH and opener not in _FROM and before.days[1] < found.days[0] and not _set_apart(words):
                joined[-1] = before._replace(days=(before.days[0], found.days[1]), end=found.end)
                continue
            moved = between in {"para", "para o"} and _moves(words)
            if (_JOIN.match(between) or moved) and (opener in _FROM or spanned) and between not in {"com", "with"}:
                start = before.days[0]
                if (start > found.days[0] and start.year == found.days[0].year) or (
                    found.days[0].year - start.year == 0 and start > found.days[1]
                ):
                    start = start.replace(year=start.year - 1)
                while start > found.days[1]:
                    start = add_months(start, -12)  # `de janeiro a dezembro de 2025`, asked in 2026
                parts = (before.days, found.days) if opener in {"entre", "between"} else ()
                joined[-1] = PeriodMention(
                    (start, found.days[1]), before.start - 1, found.end, before.ahead, parts=parts
                )
                continue
        joined.append(found)
    return joined


def _moves(words: list[str]) -> bool:
    """`Quanto cresceu de janeiro para maio`: the way from one to the other."""
    return any(word.startswith(MOVING) for word in words)


def _set_apart(words: list[str]) -> bool:
    """`Compare abril a maio`: two periods, not the time between them."""
    return any(word.startswith(("compar", "frente", "relacao", "versus", "diferenca", "difference")) for word in words)


def _since(found: PeriodMention, words: list[str], as_of: date) -> PeriodMention:
    for opener in _SINCE:
        begin = found.start - len(opener)
        if begin >= 0 and tuple(words[begin : found.start]) == opener and opener not in {("de",), ("from",)}:
            return found._replace(days=(found.days[0], max(as_of, found.days[0])), start=begin, open_end=True)
        onwards = words[found.end : found.end + 3]
        until = TO_DATE.match(" ".join(words[found.end : found.end + 5]))
        if begin >= 0 and tuple(words[begin : found.start]) == opener and until and found.days[1] < as_of:
            end = found.end + until.group().count(" ") + 1
            return found._replace(days=(found.days[0], as_of), start=begin, end=end, open_end=True)
        if opener == ("de",) and onwards[:3] in (["para", "ca", *onwards[2:3]], ["em", "diante", *onwards[2:3]]):
            return found._replace(days=(found.days[0], as_of), end=found.end + 2, open_end=True)
    for opener in (("depois", "de"), ("depois", "do"), ("apos",), ("after",)):
        begin = found.start - len(opener)
        if begin >= 0 and tuple(words[begin : found.start]) == opener and found.days[1] < as_of:
            return found._replace(days=(found.days[1] + timedelta(days=1), as_of), start=begin, open_end=True)
    return _before(found, words, as_of) or _until(found, words)


def _until(found: PeriodMention, words: list[str]) -> PeriodMention:
    for opener in _TO_THE_END:
        begin = found.start - len(opener)
        if begin >= 0 and tuple(words[begin : found.start]) == opener:
            return found._replace(start=begin, open_start=True)
    if (found.start and words[found.start - 1] in {"ate", "until", "by", "through"}) or words[found.start] == "ate":
        begin = found.start - (words[found.start] != "ate")
        return found._replace(start=begin, open_start=True)
    return found


def _before(found: PeriodMention, words: list[str], as_of: date) -> PeriodMention | None:
    """`Antes de setembro`, when September is to come: from now until the day before."""
    for opener in (("antes", "de"), ("antes", "do"), ("before",)):
        begin = found.start - len(opener)
        if begin >= 0 and tuple(words[begin : found.start]) == opener and found.days[0] > as_of:
            end = found.days[0] - timedelta(days=1)
            return found._replace(days=(as_of, end), start=begin, ahead=True, open_start=True)
    return None
