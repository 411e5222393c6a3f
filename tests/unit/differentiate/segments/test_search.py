"""`search_table`: what it reads, tries, measures, chooses, and what it refuses."""

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score, silhouette_score
from tests.unit.differentiate.segments.whole import viewed

from b2shift.differentiate.api import SearchResult, search_table
from b2shift.differentiate.segments import hierarchy, minimum_size, search_loop, search_space
from b2shift.differentiate.segments.candidates import Candidate, Outcomes
from b2shift.differentiate.segments.distinct import distinct
from b2shift.differentiate.segments.preset_declarations import PRESETS, RULES
from b2shift.differentiate.segments.presets import preferred
from b2shift.differentiate.segments.representations import MIXED, POOLED, ROBUST, SCALED, representations
from b2shift.differentiate.segments.search_loop import search
from b2shift.differentiate.segments.search_plan import SearchPlan, covering_order
from b2shift.differentiate.segments.search_space import BLOCK_RULES, COLUMNS, SearchSpace, Trial
from b2shift.differentiate.segments.view import build_view
from b2shift.kernel.errors import InputError

ROWS = 400


def mixed(folder: Path) -> Path:
    """Three kinds of customer in a word, a number with gaps and a tail, a date, money; a name, and a constant."""
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 3, ROWS)
    size = np.exp(kind + rng.normal(0, 0.2, ROWS))
    told = {
        "key": np.arange(ROWS),
        "branch": np.array(["loja", "fábrica", "escola"])[kind],
        "size": pa.array(np.where(rng.random(ROWS) < 0.05, np.nan, size), from_pandas=True),
        "since": np.datetime64("2020-01-01") + 400 * kind + rng.integers(0, 90, ROWS),
        "mrr": 100.0 * (1 + kind),
        "name": [f"cliente {i}" for i in range(ROWS)],
        "same": np.ones(ROWS),
    }
    place = folder / "mixed.parquet"
    pq.write_table(pa.table(told), place)
    return place


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SearchResult]:
    """A search to its end, not to its last second: fewer numbers of segments, each refitted twice."""
    folder = tmp_path_factory.mktemp("search")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            search_loop.SearchPlan.__init__,
            "__defaults__",
            ((3, 5), (), 2, *search_loop.SearchPlan.__init__.__defaults__[3:]),
        )
        patch.setattr(search_space, "TIGHTEST_UP_TO", 4)
        told = search_table(mixed(folder), "key", folder / "out.csv", money="mrr", seconds=600, floor=0.05)
    assert told.tried == told.trials
    return folder, told


def test_the_front_holds_the_chosen_or_what_beats_it_and_nobody_beats_the_front(
    searched: tuple[Path, SearchResult],
) -> None:
    _, told = searched
    names = ("silhouette", "null_excess", "stability", "explainability", "money_explained", "k")
    for one in told.front:
        for other in (peer for peer in told.front if peer.k == one.k):
            gaps = [(getattr(other, name) or 0) - (getattr(one, name) or 0) for name in names]
            assert not (min(gaps) >= 0 and max(gaps) > 0)
        assert one.reason
        assert one.smallest_share >= 0.05
        assert one.null_excess is not None
        assert one.stability is not None
    assert sum(one.chosen for one in told.front) <= 1
    assert told.chosen.chosen
    assert told.chosen.reason.startswith("Escolhido")
    assert told.beyond_chance
    assert 0 < told.measured <= told.tried <= told.trials


def test_the_file_holds_the_chosen_segments_and_they_are_the_planted_ones(searched: tuple[Path, SearchResult]) -> None:
    folder, told = searched
    rows = duckdb.sql(
        f"SELECT m.branch, o.segment FROM read_csv('{folder / 'out.csv'}') o "
        f"JOIN read_parquet('{folder / 'mixed.parquet'}') m USING (key) ORDER BY key"
    ).fetchall()
    sizes = np.bincount([segment for _, segment in rows])
    assert tuple(sizes.tolist()) == told.chosen.sizes
    assert set(told.ignored_columns) == {"name", "same"}
    assert told.chosen.money_explained is not None
    assert told.chosen.money_explained > 0.9
    assert (told.chosen.k, len(set(rows))) == (3, 3)


def test_columns_that_know_nothing_of_one_another_show_no_segments(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    columns = {f"c{i}": [f"v{value}" for value in rng.integers(0, 3, 300)] for i in range(4)}
    pq.write_table(pa.table({"key": np.arange(300), **columns}), tmp_path / "table.parquet")
    told = search_table(tmp_path / "table.parquet", "key", tmp_path / "out.csv", seconds=5)
    assert told.beyond_chance is False
    assert told.chosen.null_excess < 0.02
    assert told.chosen.reason.startswith("Não separa mais que o acaso")


def test_columns_become_variables_and_gaps_are_filled(tmp_path: Path) -> None:
    view, ignored = viewed(mixed(tmp_path), "key")
    assert ignored == ("same", "name")
    assert [len(columns) for columns in view.variables] == [1, 1, 2, 3]
    assert np.isfinite(view.matrix()).all()
    assert {SCALED, ROBUST, MIXED} <= set(representations(view))
    assert POOLED not in representations(view)


def test_the_order_of_the_columns_does_not_matter(tmp_path: Path) -> None:
    given = pq.read_table(mixed(tmp_path))
    pq.write_table(given.select(given.column_names[::-1]), tmp_path / "other.parquet")
    (one, ignored), (other, also) = (viewed(tmp_path / name, "key") for name in ("mixed.parquet", "other.parquet"))
    assert (one.columns, one.variables, ignored) == (other.columns, other.variables, also)
    assert np.array_equal(one.distinct.rows, other.distinct.rows)
    assert np.array_equal(one.distinct.inverse, other.distinct.inverse)


def test_every_kind_of_trial_keeps_the_floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_space, "TIGHTEST_UP_TO", 1)  # each kind at this one number of segments
    view, _ = viewed(mixed(tmp_path), "key")
    table = SearchSpace(view, 0.05, seed=1)
    for trial in table.trials((5,)):
        sizes = view.distinct.shares(labels := table.labels(trial), int(labels.max()) + 1)
        assert sizes.min() >= 0.05
        assert len(sizes) <= trial.k
    assert len(table.trials((5,))) >= 14


def test_the_measured_silhouette_is_that_of_the_common_space(tmp_path: Path) -> None:
    view, _ = viewed(mixed(tmp_path), "key")
    found = search(view, Outcomes(), SearchPlan(seconds=0.01), floor=0.05, seed=0, report=lambda spent, note: None)
    (one, *_) = found.measured
    space = view.points.rows[view.points.inverse]
    assert one.silhouette == pytest.approx(silhouette_score(space, one.labels), abs=1e-6)


def test_moved_rules_wait_for_the_rules_and_are_looked_for_where_those_come_back(tmp_path: Path) -> None:
    view, _ = viewed(mixed(tmp_path), "key")
    searched, found, clock = (
        SearchSpace(view, 0.05, 0),
        search_loop.SearchState(),
        search_loop.Deadline(SearchPlan(), print),
    )
    holding = search_loop._StabilityMeasurement(searched, searched, found, clock)
    plain, blocks = Trial(COLUMNS, RULES, 3), Trial(COLUMNS, BLOCK_RULES, 3)

    def look(trial: Trial) -> None:
        search_loop._run_trial(searched, trial, found, Outcomes(), clock, None)

    look(plain)
    assert holding.may_be_stable(3)
    holding.measure(plain)
    holding.measure_with_blocks(plain, look)
    assert [one.algorithm for one in found.measured] == [RULES, BLOCK_RULES]
    assert blocks in found.candidates
    holding.stability[plain] = 0.5
    assert not holding.may_be_stable(3)


def test_an_interrupted_search_keeps_what_it_has(tmp_path: Path) -> None:
    view, _ = viewed(mixed(tmp_path), "key")
    told: list[str] = []

    def stop(spent: float, note: str) -> None:
        told.append(note)
        if len(told) == 3:
            raise KeyboardInterrupt

    found = search(view, Outcomes(), SearchPlan(seconds=60), floor=0.05, seed=0, report=stop)
    assert found.interrupted
    assert len(found.candidates) == 2
    assert preferred(list(found.candidates.values()), PRESETS["fine"]).k > 1


def test_a_trial_that_outlasts_the_time_is_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view, _ = viewed(mixed(tmp_path), "key")
    told: list[str] = []
    monkeypatch.setattr(search_loop.Deadline, "spent", property(lambda self: 0.0 if len(told) < 2 else 100.0))
    found = search(
        view, Outcomes(), SearchPlan(seconds=10), floor=0.05, seed=0, report=lambda spent, note: told.append(note)
    )
    assert len(told) == 2
    assert len(found.candidates) == 1
    assert found.measured == []
    assert not found.interrupted


def test_presets_weigh_differently() -> None:
    def candidate(name: str, k: int, silhouette: float, stability: float, explainability: float) -> Candidate:
        labels = np.arange(100) % k
        return Candidate(
            "v", "columns", name, labels, silhouette, 1.0, 1.0, 0.0, stability, 0.01, explainability, None, None, 1.0
        )

    measured = [
        candidate("fine", 40, 0.30, 0.86, 0.70),
        candidate("stable", 10, 0.18, 1.00, 0.80),
        candidate(RULES, 12, 0.15, 0.92, 1.00),
        candidate("flimsy", 22, 0.90, 0.20, 1.00),
        candidate("crowd", 60, 0.95, 0.99, 0.99),
    ]
    assert preferred(measured, PRESETS["fine"]).algorithm == "fine"
    assert preferred(measured, PRESETS["stable"]).algorithm == "stable"
    assert preferred(measured, PRESETS["explainable"]).algorithm == RULES
    odd = np.zeros(100, int)
    odd[:4] = [1, 1, 2, 2]
    assert preferred([*measured, replace(measured[1], labels=odd, silhouette=0.9)], PRESETS["stable"]).k == 10
    shaky = [replace(one, stability=0.3) for one in measured]
    assert preferred(shaky, PRESETS["stable"]).algorithm == "flimsy"


@pytest.mark.parametrize(
    ("preset", "asked"), [("balanced", (31, 32)), ("explainable", (7, 7)), ("stable", (7, 7)), ("fine", (5, 6))]
)
def test_the_number_of_segments_asked_for_is_kept_whatever_is_preferred(
    tmp_path: Path, preset: str, asked: tuple[int, int]
) -> None:
    told = search_table(mixed(tmp_path), "key", tmp_path / "out.csv", k=asked, preset=preset, seconds=0.1, floor=0.0)
    assert told.k_asked == asked
    assert all(asked[0] <= one.k <= asked[1] for one in (told.chosen, *told.front))
    assert len(np.unique(np.loadtxt(tmp_path / "out.csv", delimiter=",", skiprows=1)[:, 1])) == told.chosen.k


def test_a_span_is_looked_at_all_over_before_its_gaps_are() -> None:
    assert covering_order(22, 22) == (22,)
    assert covering_order(28, 40) == (28, 36, 32, 40, 30, 38, 34, 29, 37, 33, 31, 39, 35)


def test_segments_asked_for_that_the_floor_does_not_leave_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"key": range(40), "x": [1.0] * 36 + [2.0, 3.0, 4.0, 5.0]}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="Nenhuma divisão em 4 segmentos respeita a parte mínima"):
        search_table(tmp_path / "t.parquet", "key", tmp_path / "o.csv", seconds=1, k=(4, 4))


def test_wards_tree_is_scipys_on_all_rows() -> None:
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(40, 3))[rng.integers(0, 40, 150)]
    points = distinct(matrix)
    order = hierarchy.merges_of(points)
    for k in (2, 5, 11):
        theirs = fcluster(linkage(matrix, "ward"), k, "maxclust")
        assert adjusted_rand_score(hierarchy.cut(order, k)[points.inverse], theirs) == 1.0


def test_most_rows_drawn_of_a_table_are_drawn_of_a_part_of_it() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(3000, 3))
    whole, part = distinct(matrix), distinct(matrix[rng.random(3000) < 0.8])
    of_whole = {tuple(row) for row in whole.rows[minimum_size.weighted_sample(whole, 1, 500)]}
    of_part = {tuple(row) for row in part.rows[minimum_size.weighted_sample(part, 1, 500)]}
    assert len(of_whole) == len(of_part) == 500
    assert len(of_whole & of_part) > 350


def test_refits_of_large_tables_hold_the_rows_that_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(3000, 3)).round(1)
    view = build_view("tabela", [(("x",), matrix[:, :1]), (("y", "z"), matrix[:, 1:])])
    searched = SearchSpace(view, 0.01, 1, 200)
    assert len(searched.refit_rows(0)) == 2400
    monkeypatch.setattr(search_space, "MAX_REFERENCE", 600)
    rows = [searched.refit_rows(refit) for refit in range(40)]
    assert all(len(np.unique(part)) == len(part) for part in rows)
    among = set(view.distinct.inverse[np.concatenate(rows)].tolist())
    assert len(among) == 600
    assert among >= set(minimum_size.weighted_sample(view.distinct, 1, 200).tolist())


def test_heavy_rows_are_drawn_more_often() -> None:
    matrix = np.repeat(np.arange(1000.0), np.where(np.arange(1000) < 100, 50, 1))[:, None]
    assert (distinct(matrix).rows[minimum_size.weighted_sample(distinct(matrix), 1, 200), 0] < 100).mean() > 0.4


def test_large_tables_are_searched_in_a_sample(tmp_path: Path) -> None:
    view, _ = viewed(mixed(tmp_path), "key")
    table = SearchSpace(view, 0.05, seed=1, sample=200)
    labels = table.labels(Trial(SCALED, "kmeans", 3))
    assert len(labels) == len(view.distinct.rows)
    assert table.sampled is not None
    assert len(table.sampled) == 200
    branches = view.distinct.rows[:, -3:].argmax(axis=1)
    assert adjusted_rand_score(branches, labels) > 0.95


@pytest.mark.parametrize(
    ("options", "at_fault"),
    [
        ({"preset": "stabel"}, "stable"),
        ({"floor": 0.7}, "0.7"),
        ({"seconds": 0}, "0"),
        ({"seconds": float("nan")}, "nan"),
        ({"money": "branch"}, "branch"),
        ({"id_column": "kei"}, "key"),
        ({"k": (1, 5)}, "1-5"),
        ({"k": (9, 8)}, "9-8"),
        ({"k": (401, 500)}, "Há menos linhas diferentes que segmentos: 401"),
        ({"k": (30, 40), "floor": 0.05}, "Cabem até 20"),
    ],
)
def test_wrong_options_are_named(tmp_path: Path, options: dict[str, object], at_fault: str) -> None:
    told: dict[str, object] = {"id_column": "key", **options}
    with pytest.raises(InputError, match=at_fault):
        search_table(mixed(tmp_path), out=tmp_path / "o.csv", **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("columns", "at_fault"),
    [
        ({"key": [1, 2, 3], "same": [4, 4, 4]}, "same"),
        ({"key": [1, 2, 3], "bag": [[1], [2], [3]]}, "bag"),
        ({"key": [1, 1, 3], "x": [1, 2, 3]}, "key"),
        ({"key": [1, 2, 3], "empty": pa.array([None, None, None], pa.float64())}, "empty"),
    ],
)
def test_tables_that_cannot_be_searched(tmp_path: Path, columns: dict[str, object], at_fault: str) -> None:
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    with pytest.raises(InputError, match=at_fault):
        search_table(tmp_path / "t.parquet", "key", tmp_path / "o.csv", seconds=1)


def test_three_rows_give_a_result(tmp_path: Path) -> None:
    pq.write_table(pa.table({"key": [1, 2, 3], "x": [1.0, 1.1, 9.0]}), tmp_path / "t.parquet")
    told = search_table(tmp_path / "t.parquet", "key", tmp_path / "o.csv", seconds=1, floor=0.1)
    assert told.chosen.k in (2, 3)
