"""`segment search`: reads any table, searches it, reports the Pareto front."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from b2shift.differentiate.contracts import FrontPoint, SearchResult
from b2shift.differentiate.given import TABLES
from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.candidates import Candidate, Outcomes
from b2shift.differentiate.segments.checkpoint import Checkpoint
from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.layout import Layout, fit_layout
from b2shift.differentiate.segments.minimum_size import floor_of_sample
from b2shift.differentiate.segments.out_of_sample import SEARCHED_ROWS, assign_all_rows
from b2shift.differentiate.segments.preset_declarations import PRESETS
from b2shift.differentiate.segments.presets import beyond_chance, preferred
from b2shift.differentiate.segments.reading import DistinctTable, OpenTable, open_mixed_table, write_labels
from b2shift.differentiate.segments.search_loop import search
from b2shift.differentiate.segments.search_plan import SearchPlan, SearchState, covering_order
from b2shift.differentiate.segments.search_space import LATENT
from b2shift.differentiate.segments.view import MAX_CELLS
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.money import format_number, format_percent
from b2shift.kernel.progress import Progress
from b2shift.lake.api import check_output

MIN_ROWS = 5
"""Minimum rows of a segment, however low the floor, in tables of twenty or more."""

_SEARCH, _ASSIGN = "Busca de segmentos", "Levar as linhas aos segmentos"
K_HINT = "Use --k 22 ou --k 28-40: o menor número é 2"

_CRITERION_NAMES = {
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
    """Search for about `seconds`, choose by the preset, write id and segment, and return the whole front.

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
    with open_mixed_table(table, id_column, money) as opened:
        columns, layout = read_and_encode(opened, seed)
        sampled = len(columns.ids) < opened.count
        view = layout.view(columns)
        order = np.argsort(view.distinct.inverse, kind="stable")
        ordered = view.take(order)
        plan = SearchPlan(seconds=seconds, preset=preset)
        sample_floor = max(floor, min(MIN_ROWS, view.count // 4) / view.count)
        if k:
            _check_feasible(k, sample_floor, len(ordered.distinct.rows))
            plan = replace(plan, sizes=covering_order(*k), k_range=k)
        if sampled:
            sample_floor = min(floor_of_sample(sample_floor, whole=False), 1 / k[0] if k else 0.5)
        log_money = None if columns.money is None else np.log1p(np.maximum(columns.money, 0))[order]
        checkpoint = Checkpoint(out, ordered.distinct, floor, seed)
        state = search(
            ordered, Outcomes(mrr=log_money), plan, floor=sample_floor, seed=seed, checkpoint=checkpoint,
            report=lambda spent, note: progress(_SEARCH, min(spent, seconds), seconds, note),
        )  # fmt: skip
        if not state.candidates:
            checkpoint.delete()
            raise _nothing_found(k, floor, state.interrupted)
        chosen = preferred(state.measured or list(state.candidates.values()), plan.criteria)
        ids, labels = columns.ids, np.empty(len(order), np.intp)
        labels[order] = chosen.labels
        if sampled:
            ids, labels = assign_all_rows(
                opened, layout, ordered, chosen.labels, floor=floor, seed=seed,
                progress=lambda rows: progress(_ASSIGN, rows, opened.count),
            )  # fmt: skip
    write_labels(ids, labels, id_column, out)
    checkpoint.delete()
    progress(_SEARCH, seconds, seconds)
    sizes = np.bincount(labels)
    return SearchResult(
        table=table, out=out, preset=preset, k_asked=k, seed=seed, floor=floor, money=money,
        rows=len(labels), searched_rows=view.count, carried_rows=len(labels) if sampled else 0,
        distinct_rows=len(ordered.distinct.rows), columns=len(view.columns),
        dims=ordered.points.rows.shape[1], ignored_columns=layout.ignored, refits=plan.refits,
        notes=opened.notes,
        trials=state.trials, tried=len(state.candidates), measured=len(state.measured), interrupted=state.interrupted,
        silhouette_half_width=measures.half_width(ordered.points),
        beyond_chance=beyond_chance(chosen),
        chosen=_point(chosen, chosen, state, preset, sizes), front=_front(chosen, state, preset, sizes),
        seconds=round(time.perf_counter() - started, 3),
    )  # fmt: skip


def read_and_encode(table: OpenTable, seed: int) -> tuple[DistinctTable, Layout]:
    """All rows of a table, or a sample where distinct rows hold more than MAX_CELLS values, and the fitted encoding."""
    columns = table.read_all(MAX_CELLS)
    if columns is not None:
        layout = fit_layout(columns)
        if len(np.bincount(columns.inverse)) * layout.width <= MAX_CELLS:
            return columns, layout
    columns = table.sample(min(SEARCHED_ROWS, MAX_CELLS // (2 * table.width)), seed)
    return columns, fit_layout(columns)


def _check_feasible(k: tuple[int, int], floor: float, rows: int) -> None:
    """InputError where not even the fewest segments asked for fit above the minimum size."""
    min_k, max_k = k
    if not 2 <= min_k <= max_k:
        raise InputError("Número de segmentos fora de ordem", value=f"{min_k}-{max_k}", hint=K_HINT)
    if min_k > rows:
        raise InputError("Há menos linhas diferentes que segmentos", value=min_k, hint=f"A tabela tem {rows}")
    if min_k * floor > 1:
        raise InputError(
            f"Com {format_percent(floor)} das linhas em cada um não cabem tantos segmentos", value=min_k,
            hint=f"Cabem até {int(1 / floor)}; peça menos ou diminua --floor (nenhum tem menos de {MIN_ROWS} linhas)",
        )  # fmt: skip


def _nothing_found(k: tuple[int, int] | None, floor: float, interrupted: bool) -> InputError:
    """The error when no partition was found."""
    if interrupted:
        return InputError("A busca parou antes da primeira divisão", hint="Nada foi gravado; deixe-a correr mais")
    return InputError(
        f"Nenhuma divisão{_k_text(k)} respeita a parte mínima",
        value=floor,
        hint=f"Peça uma parte mínima menor ou dê mais tempo; nenhum segmento tem menos de {MIN_ROWS} linhas",
    )


def _k_text(k: tuple[int, int] | None) -> str:
    """The number of segments asked for, as a phrase."""
    return "" if k is None else f" em {k[0]} segmentos" if k[0] == k[1] else f" em {k[0]} a {k[1]} segmentos"


def _front(chosen: Candidate, state: SearchState, preset: str, sizes: Integers) -> tuple[FrontPoint, ...]:
    ranked = sorted(state.front, key=lambda candidate: (-candidate.silhouette, candidate.k))
    return tuple(_point(candidate, chosen, state, preset, sizes) for candidate in ranked)


def _point(
    candidate: Candidate, chosen: Candidate, state: SearchState, preset: str, written_sizes: Integers
) -> FrontPoint:
    """A point of the front; the chosen one with the sizes written."""
    sizes = written_sizes if candidate is chosen else np.bincount(candidate.labels)
    smallest = float(sizes.min() / sizes.sum())
    return FrontPoint(
        representation=candidate.representation, algorithm=candidate.algorithm,
        k=len(sizes), sizes=tuple(sizes.tolist()), smallest_share=smallest,
        silhouette=candidate.silhouette, null_silhouette=candidate.null_silhouette,
        null_excess=candidate.null_excess, stability=candidate.stability, explainability=candidate.explainability,
        money_explained=candidate.mrr_explained, davies_bouldin=candidate.davies_bouldin,
        calinski_harabasz=candidate.calinski_harabasz, chosen=candidate is chosen,
        reason=_why(candidate, state, preset, smallest) if candidate is chosen else _why_not(candidate, chosen),
    )  # fmt: skip


def _why(candidate: Candidate, state: SearchState, preset: str, smallest: float) -> str:
    stability = (
        f"estabilidade {_number(candidate.stability)}, {_number(candidate.null_excess)} de silhueta acima do acaso"
        if candidate.stability is not None
        else "sem tempo para medir a estabilidade"
    )
    doubt = "Não separa mais que o acaso: a tabela não mostra segmentos. " if beyond_chance(candidate) is False else ""
    praise = (
        f"os {candidate.k} grupos que a própria tabela mostra (um a mais não a descreveria melhor)"
        if candidate.algorithm == LATENT and PRESETS[preset].prefer_groups
        else PRESETS[preset].praise
    )
    measured = f"{len(state.measured)} medidos de " if state.measured else "nenhum medido a tempo de "
    return (
        f"{doubt}Escolhido: {praise} entre os candidatos ({measured}{len(state.candidates)}). "
        f"Silhueta {_number(candidate.silhouette)}, {stability}; uma árvore de {2 * candidate.k} folhas acerta "
        f"{_number(candidate.explainability)}; o menor segmento tem {format_percent(smallest)} das linhas."
    )


def _why_not(other: Candidate, chosen: Candidate) -> str:
    def share(candidate: Candidate, name: str) -> float:
        top = max(getattr(other, name) or 0.0, getattr(chosen, name) or 0.0)
        return (getattr(candidate, name) or 0.0) / top if top > 0 else 0.0

    gap = {name: share(other, name) - share(chosen, name) for name in _CRITERION_NAMES}
    better, worse = max(gap, key=gap.__getitem__), min(gap, key=gap.__getitem__)
    differences = (
        [f"Ganha em {_CRITERION_NAMES[better]} ({_comparison(other, chosen, better)})"] if gap[better] > 0 else []
    )
    differences += (
        [f"perde em {_CRITERION_NAMES[worse]} ({_comparison(other, chosen, worse)})"] if gap[worse] < 0 else []
    )
    return "; ".join(differences).capitalize() + "." if differences else "Igual ao escolhido em tudo que se mede."


def _comparison(candidate: Candidate, chosen: Candidate, name: str) -> str:
    return f"{_number(getattr(candidate, name))} contra {_number(getattr(chosen, name))}"


def _number(value: float | None) -> str:
    return "sem medida" if value is None else format_number(value, 0 if isinstance(value, int) else 3)
