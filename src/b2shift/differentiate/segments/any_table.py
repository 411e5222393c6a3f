"""`segment search`: any table of numbers or categories read, searched, and its front told."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from b2shift.differentiate.contracts import FrontPoint, SearchResult
from b2shift.differentiate.given import TABLES
from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.candidates import Candidate, Outcomes
from b2shift.differentiate.segments.carried import DRAWN, carried
from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.exploration import Exploration, Plan, explore, spread
from b2shift.differentiate.segments.floored import margin
from b2shift.differentiate.segments.layout import Layout, layout_of
from b2shift.differentiate.segments.presets import PRESETS, beyond_chance, preferred
from b2shift.differentiate.segments.reading import Grouped, Mixed, mixed, write_labels
from b2shift.differentiate.segments.resumed import Kept
from b2shift.differentiate.segments.trials import LATENT
from b2shift.differentiate.segments.view import MOST_CELLS
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.money import format_number, format_percent
from b2shift.kernel.progress import Progress
from b2shift.lake.api import check_output

FEWEST = 5
"""Rows a segment holds at least, however low the floor, in tables of twenty and more."""

_SEARCH, _CARRY = "Busca de segmentos", "Levar as linhas aos segmentos"
K_HINT = "Use --k 22 ou --k 28-40: o menor número é 2"

_WORDS = {
    "silhouette": "silhueta",
    "null_excess": "separação acima do acaso",
    "stability": "estabilidade",
    "explainability": "facilidade de explicar",
    "mrr_explained": "diferença de valor",
    "k": "número de segmentos",
}


def search_table(  # noqa: PLR0913 - each argument is an option of the command
    table: Path,
    id_column: str,
    out: Path,
    *,
    k: tuple[int, int] | None,
    floor: float,
    preset: str,
    seconds: float,
    money: str | None,
    seed: int,
    progress: Progress,
) -> SearchResult:
    """Search for about so many seconds, choose by the preset, write id and segment, and tell the whole front.

    `k` = fewest and most segments; None lets the search choose.
    """
    started = time.perf_counter()
    check_output(out, *TABLES, read=(table,))
    if preset not in PRESETS:
        raise UnknownNameError("preferência", preset, PRESETS)
    if not 0 <= floor <= 0.5:
        raise InputError("A parte mínima vai de 0 a 0.5", value=floor, hint="Use --floor 0.01 para 1 %")
    if not seconds > 0:
        raise InputError("A busca precisa de tempo", value=seconds, hint="Use --seconds 60 ou mais")
    with mixed(table, id_column, money) as read:
        columns, layout = laid_out(read, seed)
        part = len(columns.ids) < read.count
        view = layout.view(columns)
        order = np.argsort(view.distinct.owner, kind="stable")
        ordered = view.of(order)
        plan = Plan(seconds=seconds, preset=preset)
        least = max(floor, min(FEWEST, view.count // 4) / view.count)
        if k:
            _check_room(k, least, len(ordered.distinct.rows))
            plan = replace(plan, sizes=spread(*k), between=k)
        if part:
            least = min(margin(least, whole=False), 1 / k[0] if k else 0.5)
        worth = None if columns.money is None else np.log1p(np.maximum(columns.money, 0))[order]
        kept = Kept(out, ordered.distinct, floor, seed)
        told = explore(
            ordered, Outcomes(mrr=worth), plan, floor=least, seed=seed, kept=kept,
            tell=lambda spent, note: progress(_SEARCH, min(spent, seconds), seconds, note),
        )  # fmt: skip
        if not told.found:
            kept.done()
            raise _nothing(k, floor, told.interrupted)
        chosen = preferred(told.measured or list(told.found.values()), plan.asked)
        ids, labels = columns.ids, np.empty(len(order), np.intp)
        labels[order] = chosen.labels
        if part:
            ids, labels = carried(
                read, layout, ordered, chosen.labels, floor=floor, seed=seed,
                tell=lambda rows: progress(_CARRY, rows, read.count),
            )  # fmt: skip
    write_labels(ids, labels, id_column, out)
    kept.done()
    progress(_SEARCH, seconds, seconds)
    sizes = np.bincount(labels)
    return SearchResult(
        table=table, out=out, preset=preset, k_asked=k, seed=seed, floor=floor, money=money,
        rows=len(labels), searched_rows=view.count, carried_rows=len(labels) if part else 0,
        distinct_rows=len(ordered.distinct.rows), columns=len(view.columns),
        dims=ordered.points.rows.shape[1], ignored_columns=layout.ignored, refits=plan.refits,
        notes=read.notes,
        trials=told.trials, tried=len(told.found), measured=len(told.measured), interrupted=told.interrupted,
        silhouette_half_width=measures.half_width(ordered.points),
        beyond_chance=beyond_chance(chosen),
        chosen=_point(chosen, chosen, told, preset, sizes), front=_front(chosen, told, preset, sizes),
        seconds=round(time.perf_counter() - started, 3),
    )  # fmt: skip


def laid_out(read: Mixed, seed: int) -> tuple[Grouped, Layout]:
    """All rows of a table, or drawn ones where those that differ hold more than MOST_CELLS values; and their layout."""
    columns = read.whole(MOST_CELLS)
    if columns is not None:
        layout = layout_of(columns)
        if len(np.bincount(columns.owner)) * layout.wide <= MOST_CELLS:
            return columns, layout
    columns = read.drawn(min(DRAWN, MOST_CELLS // (2 * read.wide)), seed)
    return columns, layout_of(columns)


def _check_room(k: tuple[int, int], floor: float, rows: int) -> None:
    """Raise InputError where not even the fewest segments asked for fit above the floor into so many distinct rows."""
    fewest, most = k
    if not 2 <= fewest <= most:
        raise InputError("Número de segmentos fora de ordem", value=f"{fewest}-{most}", hint=K_HINT)
    if fewest > rows:
        raise InputError("Há menos linhas diferentes que segmentos", value=fewest, hint=f"A tabela tem {rows}")
    if fewest * floor > 1:
        raise InputError(
            f"Com {format_percent(floor)} das linhas em cada um não cabem tantos segmentos", value=fewest,
            hint=f"Cabem até {int(1 / floor)}; peça menos ou diminua --floor (nenhum tem menos de {FEWEST} linhas)",
        )  # fmt: skip


def _nothing(k: tuple[int, int] | None, floor: float, interrupted: bool) -> InputError:
    """Why nothing was found."""
    if interrupted:
        return InputError("A busca parou antes da primeira divisão", hint="Nada foi gravado; deixe-a correr mais")
    return InputError(
        f"Nenhuma divisão{_asked(k)} respeita a parte mínima",
        value=floor,
        hint=f"Peça uma parte mínima menor ou dê mais tempo; nenhum segmento tem menos de {FEWEST} linhas",
    )


def _asked(k: tuple[int, int] | None) -> str:
    """The number of segments asked for, as part of a sentence."""
    return "" if k is None else f" em {k[0]} segmentos" if k[0] == k[1] else f" em {k[0]} a {k[1]} segmentos"


def _front(chosen: Candidate, told: Exploration, preset: str, sizes: Integers) -> tuple[FrontPoint, ...]:
    ranked = sorted(told.front, key=lambda one: (-one.silhouette, one.k))
    return tuple(_point(one, chosen, told, preset, sizes) for one in ranked)


def _point(one: Candidate, chosen: Candidate, told: Exploration, preset: str, written: Integers) -> FrontPoint:
    """What is told of it; of the chosen the sizes that were written."""
    sizes = written if one is chosen else np.bincount(one.labels)
    smallest = float(sizes.min() / sizes.sum())
    return FrontPoint(
        representation=one.representation, algorithm=one.algorithm, k=len(sizes), sizes=tuple(sizes.tolist()),
        smallest_share=smallest, silhouette=one.silhouette, null_silhouette=one.null_silhouette,
        null_excess=one.null_excess, stability=one.stability, explainability=one.explainability,
        money_explained=one.mrr_explained, davies_bouldin=one.davies_bouldin,
        calinski_harabasz=one.calinski_harabasz, chosen=one is chosen,
        reason=_why(one, told, preset, smallest) if one is chosen else _why_not(one, chosen),
    )  # fmt: skip


def _why(one: Candidate, told: Exploration, preset: str, smallest: float) -> str:
    held = (
        f"estabilidade {_number(one.stability)}, {_number(one.null_excess)} de silhueta acima do acaso"
        if one.stability is not None
        else "sem tempo para medir a estabilidade"
    )
    doubt = "Não separa mais que o acaso: a tabela não mostra segmentos. " if beyond_chance(one) is False else ""
    praise = (
        f"os {one.k} grupos que a própria tabela mostra (um a mais não a descreveria melhor)"
        if one.algorithm == LATENT and PRESETS[preset].groups
        else PRESETS[preset].words
    )
    measured = f"{len(told.measured)} medidos de " if told.measured else "nenhum medido a tempo de "
    return (
        f"{doubt}Escolhido: {praise} entre os candidatos ({measured}{len(told.found)}). "
        f"Silhueta {_number(one.silhouette)}, {held}; uma árvore de {2 * one.k} folhas acerta "
        f"{_number(one.explainability)}; o menor segmento tem {format_percent(smallest)} das linhas."
    )


def _why_not(one: Candidate, chosen: Candidate) -> str:
    def share(candidate: Candidate, name: str) -> float:
        top = max(getattr(one, name) or 0.0, getattr(chosen, name) or 0.0)
        return (getattr(candidate, name) or 0.0) / top if top > 0 else 0.0

    gap = {name: share(one, name) - share(chosen, name) for name in _WORDS}
    better, worse = max(gap, key=gap.__getitem__), min(gap, key=gap.__getitem__)
    told = [f"Ganha em {_WORDS[better]} ({_pair(one, chosen, better)})"] if gap[better] > 0 else []
    told += [f"perde em {_WORDS[worse]} ({_pair(one, chosen, worse)})"] if gap[worse] < 0 else []
    return "; ".join(told).capitalize() + "." if told else "Igual ao escolhido em tudo que se mede."


def _pair(one: Candidate, chosen: Candidate, name: str) -> str:
    return f"{_number(getattr(one, name))} contra {_number(getattr(chosen, name))}"


def _number(value: float | None) -> str:
    return "sem medida" if value is None else format_number(value, 0 if isinstance(value, int) else 3)
