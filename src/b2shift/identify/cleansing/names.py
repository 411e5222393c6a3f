"""Names of companies, nearly all unique: each word takes the spelling it has most often in all the names."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from b2shift.identify.cleansing.verdict import Verdict
from b2shift.kernel.text import fold, looks_like_mojibake, repair_mojibake


def harmonise_names(names: Collection[str], counts: Mapping[str, int]) -> dict[str, Verdict]:
    """Verdict on every name that should be written another way; `counts` are all names heard, of any source."""
    words_of = {name: _words(name) for name in {*names, *counts}}
    frequency: Counter[str] = Counter()
    for name, count in counts.items():
        for word in words_of[name]:
            frequency[word] += count
    spellings: dict[str, list[str]] = defaultdict(list)
    for word in frequency:
        spellings[fold(word)].append(word)
    best = {
        folded: max(words, key=lambda word: (frequency[word], sum(map(str.isupper, word)), word))
        for folded, words in spellings.items()
    }
    written = {
        word: best.get(fold(word), word) for word in {*frequency, *(word for name in names for word in words_of[name])}
    }
    verdicts = {}
    for name in names:
        spelling = " ".join(map(written.__getitem__, words_of[name]))
        if spelling != name and spelling:
            kind = "mojibake" if looks_like_mojibake(name) else "category_variant"
            verdicts[name] = Verdict(spelling, kind, "cada palavra na grafia mais frequente dos nomes", 0.9)
    return verdicts


def _words(name: str) -> list[str]:
    return repair_mojibake(name).replace("\u00a0", " ").split()
