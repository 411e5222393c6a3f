"""Short unique pt-BR names that follow from the data: a noun for who they are, and facts that set them apart."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import log

from b2shift.differentiate.segments.profiles import Prevalence

MAJORITY = 0.5
"""A trait is part of a name only when at least this share of the members has it..."""
NOUN_SHARE = 0.6
"""...and calls the segment only at this share."""
REMARKABLE = 1.2
"""Lift from which a trait sets a segment apart."""
ANYONE = ("Clientes", True)
_ORDER = ("casa", "porte", "situacao", "receita", "uso", "tendencia_uso", "suporte", "nps", "pagamento")
_ORDINALS = ("segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono", "décimo")


def named(profiles: Sequence[Sequence[Prevalence]], sizes: Sequence[int], kept: Sequence[str | None]) -> list[str]:
    """One name per segment; `kept` = names of earlier segments that stay. The largest segments choose first."""
    names = list(kept)
    used = {name for name in kept if name is not None}
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], i))
    for segment in order:
        if names[segment] is None:
            name = next(name for name in _proposals(profiles[segment]) if name not in used)
            names[segment] = name
            used.add(name)
    return [name for name in names if name is not None]


def still_true(name: str, profile: Sequence[Prevalence]) -> bool:
    """Whether a name given earlier is one that these members could be called by."""
    facts = [row for row in profile if row.share >= 0.4]
    words = {_fragment(row, plural) for row in facts for plural in (False, True) if row.trait.level.fragment}
    nouns = {row.trait.level.noun for row in facts if row.trait.level.noun} | {ANYONE[0]}
    bare = name.split(", ")[0]
    noun = max((noun for noun in nouns if noun and bare.startswith(noun)), key=len, default=None)
    if noun is None:
        return False
    told = bare[len(noun) :].strip()
    return all(part in "|".join(words) for part in told.split(" e ") if part)


def _proposals(profile: Sequence[Prevalence]) -> Iterator[str]:
    """Names from best to worst, without end."""
    noun, plural, theme, lead = _noun(profile)
    facts = [row for row in _facts(profile, REMARKABLE) or _facts(profile, 1.0) if row.trait.variable.theme != theme]
    for count in (0, 1, 2, 3) if lead else (2, 1, 3, 0):
        for chosen in combinations(facts, count):
            yield _said(noun, plural, chosen)
    basic = _said(noun, plural, facts[:2])
    for ordinal in _ORDINALS:
        yield f"{basic}, {ordinal} grupo"
    yield from (f"{basic}, grupo {number}" for number in range(11, 10_000))


def _noun(profile: Sequence[Prevalence]) -> tuple[str, bool, str, bool]:
    """The noun, whether it is plural, the theme it speaks of, and whether it says enough alone."""
    callable_ = [row for row in profile if row.trait.level.noun and row.share >= NOUN_SHARE and row.marked]
    for wanted in (True, False):
        for row in callable_:
            if row.trait.level.lead == wanted:
                return str(row.trait.level.noun), row.trait.level.plural, row.trait.variable.theme, wanted
    return ANYONE[0], ANYONE[1], "", False


def _facts(profile: Sequence[Prevalence], least: float) -> list[Prevalence]:
    """The traits that may be said in a name, the most telling first; one for each theme."""
    fit = [
        row
        for row in profile
        if row.trait.level.fragment and row.share >= MAJORITY and row.lift >= least and row.marked
    ]
    best: dict[str, Prevalence] = {}
    for row in sorted(fit, key=lambda row: (-_telling(row), row.trait.name)):
        best.setdefault(row.trait.variable.theme, row)
    return list(best.values())


def _telling(row: Prevalence) -> float:
    return row.share * log(row.lift)


def _said(noun: str, plural: bool, facts: Sequence[Prevalence]) -> str:
    """`Varejo` + `recente` + `de baixo contrato`; a preposition said twice running becomes `e`."""
    ordered = sorted(facts, key=lambda row: _ORDER.index(row.trait.variable.theme))
    words, before = noun, ""
    for row in ordered:
        fragment = _fragment(row, plural)
        preposition = fragment.split(" ")[0]
        if preposition == before and preposition in ("de", "com"):
            words += " e " + fragment.split(" ", 1)[1]
        else:
            words += " " + fragment
        before = preposition
    return words


def _fragment(row: Prevalence, plural: bool) -> str:
    return str(row.trait.level.fragment).replace("{s}", "s" if plural else "")
