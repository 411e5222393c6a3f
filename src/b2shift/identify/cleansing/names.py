"""Names of companies, nearly all unique: each word takes the spelling it has most often in all the names."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from b2shift.identify.cleansing.verdict import Verdict
from b2shift.kernel.text import fold, looks_like_mojibake, repair_mojibake


def harmonise_names(names: Iterable[str], counts: Mapping[str, int]) -> dict[str, Verdict]:
    """Verdict on every name that should be written another way; `counts` are all names heard, of any source."""
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for name, count in counts.items():
        for word in _words(name):
            words[fold(word)][word] += count
    best = {
        folded: max(spellings.items(), key=lambda item: (item[1], sum(map(str.isupper, item[0])), item[0]))[0]
        for folded, spellings in words.items()
    }
    verdicts = {}
    for name in names:
        spelling = " ".join(best.get(fold(word), word) for word in _words(name))
        if spelling != name and spelling:
            kind = "mojibake" if looks_like_mojibake(name) else "category_variant"
            verdicts[name] = Verdict(spelling, kind, "cada palavra na grafia mais frequente dos nomes", 0.9)
    return verdicts


def _words(name: str) -> list[str]:
    return repair_mojibake(name).replace("\u00a0", " ").split()
