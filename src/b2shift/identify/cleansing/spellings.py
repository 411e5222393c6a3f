"""Categories: the spellings that share one folded form become the most frequent of them; words never merge."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from b2shift.identify.cleansing.verdict import Verdict
from b2shift.kernel.text import fold, looks_like_mojibake, repair_mojibake, squeeze, unaccent

# A column's convention is what at least this share of its values follow; a word seen this often needs no convention.
_CONVENTION, _FEW = 0.9, 3
# `Ã` and what may be left after it stand for one letter that cannot be read any more.
_LOST = re.compile("[ÃÂ][?\ufffd]?|\ufffd")


class _Style(NamedTuple):
    """How a column writes: all upper, all lower, or as it likes; with or without accents."""

    case: str
    accents: bool


def harmonise(counts: Mapping[str, int]) -> dict[str, Verdict]:
    """Verdict on every spelling of one vocabulary that should be another, from how often each was delivered."""
    shown = {value: _shown(value) for value in counts}
    folds = {value: fold(shown[value]) for value in counts}
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for value, count in counts.items():
        groups[folds[value]][shown[value]] += count
    style = _style(counts, groups.values())
    readable_once = {folds[value] for value in counts if not looks_like_mojibake(value)}
    best = {folded: _best(spellings, style, broken=folded not in readable_once) for folded, spellings in groups.items()}
    sizes = {folded: sum(spellings.values()) for folded, spellings in groups.items()}
    usually: dict[str, int] = {}
    for value, count in counts.items():
        usually[folds[value]] = max(count, usually.get(folds[value], 0))
    readable = _unreadable(sizes, shown.values())
    verdicts = {}
    for value in counts:
        folded = readable.get(shown[value], folds[value])
        if best[folded] != value:
            usual = shown[value] == best[folded] and counts[value] == usually[folded]
            lost = shown[value] in readable
            verdicts[value] = _verdict(value, best[folded], groups[folded], usual=usual, lost=lost)
    return verdicts


def _shown(value: str) -> str:
    """A spelling as it could be displayed: readable, plain spaces, nothing around it."""
    return repair_mojibake(value).replace("\u00a0", " ").strip()


def _style(counts: Mapping[str, int], groups: Iterable[Counter[str]]) -> _Style:
    total = sum(counts.values())
    upper = sum(n for value, n in counts.items() if value == value.upper())
    lower = sum(n for value, n in counts.items() if value == value.lower())
    case = "upper" if upper >= _CONVENTION * total else "lower" if lower >= _CONVENTION * total else ""
    settled = (spellings.most_common(1)[0] for spellings in groups)
    return _Style(case, any(count > _FEW and not value.isascii() for value, count in settled))


def _best(spellings: Counter[str], style: _Style, *, broken: bool) -> str:
    """The most frequent spelling; between equals, the one that looks like the rest of its column.

    A rare word has no majority of its own: it is written as its column writes. One that was only ever delivered broken
    (`broken`) has accents nobody vouches for.
    """
    value, count = max(spellings.items(), key=lambda item: (item[1], _likeness(item[0], style), item[0]))
    if count > _FEW:
        return value
    value = squeeze(unaccent(value) if broken and not style.accents else value)
    return value.upper() if style.case == "upper" else value.lower() if style.case == "lower" else value


def _cased(value: str, style: _Style) -> bool:
    if style.case == "upper":
        return value == value.upper()
    return value == value.lower() if style.case == "lower" else True


def _likeness(value: str, style: _Style) -> tuple[bool, bool, bool, int]:
    plain = value.isascii() or style.accents
    return _cased(value, style), plain, squeeze(value) == value, sum(map(str.isupper, value))


def _unreadable(sizes: Mapping[str, int], shown: Iterable[str]) -> dict[str, str]:
    """Texts with a lost letter → the one much more frequent folded form they can be."""
    found = {}
    for value in set(shown):
        if not _LOST.search(value):
            continue
        pattern = re.compile(".".join(re.escape(unaccent(part).casefold()) for part in _LOST.split(value)))
        own = sizes[fold(value)]
        fits = [folded for folded, size in sizes.items() if size > 10 * own and pattern.fullmatch(folded)]
        if len(fits) == 1:
            found[value] = fits[0]
    return found


def _verdict(value: str, spelling: str, group: Counter[str], *, usual: bool, lost: bool) -> Verdict:
    if lost:
        return Verdict(spelling, "mojibake", "letra perdida, só cabe esta palavra", 0.9)
    if looks_like_mojibake(value):
        return Verdict(spelling, "mojibake", "UTF-8 lido como latin-1, desfeito", 0.99)
    if usual:
        return Verdict(spelling, "whitespace", "espaços que ninguém vê, retirados", 1.0)
    sure = 0.99 if group[spelling] >= 10 * max(1, group[_shown(value)]) else 0.9 if group[spelling] else 0.8
    return Verdict(spelling, "category_variant", "grafia mais frequente da mesma palavra", sure)
