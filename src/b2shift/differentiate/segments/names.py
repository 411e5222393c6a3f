"""Short unique pt-BR names that follow from the data: a noun for who they are, and facts that set them apart."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log

from b2shift.differentiate.segments.profiles import Prevalence

MAJORITY = 0.5
"""A trait is part of a name only when at least this share of the members has it..."""
NOUN_SHARE = 0.6
"""...and calls the segment only at this share."""
HELD = 0.4
"""Share under which a trait no longer holds of a segment named by it."""
REMARKABLE = 1.2
"""Lift from which a trait sets a segment apart."""
ANYONE = ("Clientes", True)
_ORDER = ("casa", "porte", "situacao", "receita", "uso", "tendencia_uso", "suporte", "nps", "pagamento")
_AGAIN = {"de": " e ", "com": " e ", "sem": " nem "}
"""How a second fact with the same preposition is joined."""
_ORDINALS = ("segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono", "décimo")


@dataclass(frozen=True)
class Name:
    """A name and the machine names of the traits it is made of."""

    text: str
    traits: tuple[str, ...]


def named(
    profiles: Sequence[Sequence[Prevalence]],
    sizes: Sequence[int],
    kept: Sequence[Name | None],
    taken: Collection[str] = (),
) -> list[Name]:
    """One name per segment; `kept` = names of earlier segments that stay. The largest segments choose first.

    `taken` = names that segments had before: a new one does not take the name of one that ended.
    """
    names = list(kept)
    used = {name.text for name in kept if name is not None} | set(taken)
    for segment in sorted(range(len(sizes)), key=lambda i: (-sizes[i], i)):
        if names[segment] is None:
            name = next(name for name in _proposals(profiles[segment]) if name.text not in used)
            names[segment] = name
            used.add(name.text)
    return [name for name in names if name is not None]


def still_true(name: Name, profile: Sequence[Prevalence]) -> bool:
    """Whether the members still have the traits a name was made of; a little fewer may than a new name asks for.

    A name without traits was given by a person, who says anew in each run whether it holds.
    """
    shares = {row.trait.name: row.share for row in profile}
    return bool(name.traits) and all(shares.get(trait, 0.0) >= HELD for trait in name.traits)


def _proposals(profile: Sequence[Prevalence]) -> Iterator[Name]:
    """Names from best to worst, without end."""
    caller = _caller(profile)
    theme = None if caller is None else caller.trait.variable.theme
    facts = [row for row in _facts(profile, REMARKABLE) or _facts(profile, 1.0) if row.trait.variable.theme != theme]
    for count in (0, 1, 2, 3) if caller is not None and caller.trait.level.lead else (2, 1, 3, 0):
        for chosen in combinations(facts, count):
            yield _said(caller, chosen)
    basic = _said(caller, facts[:2])
    numbered = (*(f"{ordinal} grupo" for ordinal in _ORDINALS), *(f"grupo {number}" for number in range(11, 10_000)))
    yield from (Name(f"{basic.text}, {number}", basic.traits) for number in numbered)


def _caller(profile: Sequence[Prevalence]) -> Prevalence | None:
    """The trait whose noun calls the segment."""
    fit = [row for row in profile if row.trait.level.noun and row.share >= NOUN_SHARE and row.marked]
    return next((row for row in fit if row.trait.level.lead), fit[0] if fit else None)


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


def _said(caller: Prevalence | None, facts: Sequence[Prevalence]) -> Name:
    """`Varejo` + `recente` + `de baixo contrato`; a preposition said twice running becomes `e` (`nem` after `sem`)."""
    words, plural = ANYONE if caller is None else (str(caller.trait.level.noun), caller.trait.level.plural)
    ordered = sorted(facts, key=lambda row: _place(row.trait.variable.theme))
    before = ""
    for row in ordered:
        fragment = str(row.trait.level.fragment).replace("{s}", "s" if plural else "")
        preposition = fragment.split(" ")[0]
        if preposition == before and preposition in _AGAIN:
            words += _AGAIN[preposition] + fragment.split(" ", 1)[1]
        else:
            words += " " + fragment
        before = preposition
    used = ordered if caller is None else [caller, *ordered]
    return Name(words, tuple(row.trait.name for row in used))


def _place(theme: str) -> int:
    return _ORDER.index(theme) if theme in _ORDER else len(_ORDER)
