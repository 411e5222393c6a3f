"""The guard: leaks of every kind are found, honest columns stay."""

import numpy as np
import pytest

from b2shift.differentiate.supervised.leak_context import LeakContext
from b2shift.differentiate.supervised.leaks import find_leaks
from b2shift.differentiate.supervised.resampled_rows import count_known_rows, find_resampled_rows
from b2shift.differentiate.supervised.shapes import Columns

ROWS = 600


def honest(seed: int = 0, rows: int = ROWS) -> tuple[Columns, np.ndarray]:
    """Four numbers and a category, of which two numbers carry a signal."""
    rng = np.random.default_rng(seed)
    numbers = {f"x{place}": rng.normal(size=rows) for place in range(4)}
    odds = -1 + numbers["x0"] + 0.7 * numbers["x1"]
    target = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    words = {"plano": rng.choice(["mensal", "anual", None], rows).astype(object)}
    return Columns(numbers, words), target


def found(columns: Columns, target: np.ndarray, **more: object) -> dict[str, tuple[str, bool]]:
    rows = len(target)
    gaps = {name: np.zeros(rows, bool) for name in columns.names}
    known = LeakContext(
        columns, target, "saiu", np.ones(rows, bool), gaps, None, np.random.default_rng(1).permutation(rows)
    )
    told, _ = find_leaks(LeakContext(**{**known.__dict__, **more}), ())
    return {one.column or one.kind: (one.kind, one.left_out) for one in told}


def with_number(columns: Columns, name: str, values: np.ndarray, *, day: bool = False) -> Columns:
    days = columns.days | ({name} if day else set())
    return Columns({**columns.numbers, name: values}, columns.words, days)


def test_honest_columns_stay() -> None:
    assert found(*honest()) == {}


def test_a_column_that_knows_the_outcome_is_left_out_and_can_be_kept() -> None:
    columns, target = honest()
    rng = np.random.default_rng(2)
    leaky = with_number(columns, "faturas_depois", target * 2 + rng.normal(0, 0.5, ROWS))
    assert found(leaky, target) == {"faturas_depois": ("knows_outcome", True)}
    known = LeakContext(leaky, target, "saiu", np.ones(ROWS, bool), {}, None, np.arange(ROWS))
    told, _ = find_leaks(known, {"faturas_depois"})
    assert [one.left_out for one in told if one.column == "faturas_depois"] == [False]


def test_a_reason_given_only_by_those_who_left_is_left_out() -> None:
    columns, target = honest()
    reason = np.where((target > 0) & (np.random.default_rng(3).random(ROWS) < 0.5), "preço", None).astype(object)
    leaky = Columns(columns.numbers, {**columns.words, "observacao": reason})
    assert found(leaky, target)["observacao"] == ("knows_outcome", True)


def test_two_leaks_do_not_confirm_each_other_even_in_a_narrow_table() -> None:
    columns, target = honest()
    rng = np.random.default_rng(21)
    bill = np.where((target > 0) ^ (rng.random(ROWS) < 0.07), rng.gamma(2, 40, ROWS), 0.0)
    numbers = {**columns.numbers, "nota": target * 2.6 + rng.normal(0, 1, ROWS), "ultima_conta": bill}
    told = found(Columns(numbers, columns.words), target)
    assert told == {"nota": ("knows_outcome", True), "ultima_conta": ("knows_outcome", True)}


def test_a_suspect_does_not_confirm_itself_where_there_is_one_other_column() -> None:
    columns, target = honest()
    two = Columns({"x0": columns.numbers["x0"], "copia": target}, {})
    assert found(two, target) == {"copia": ("knows_outcome", True)}


@pytest.mark.parametrize("parts", [2, 3])
def test_columns_whose_sum_is_the_label_are_left_out_and_honest_ones_stay(parts: int) -> None:
    columns, target = honest()
    rng = np.random.default_rng(22)
    made = [rng.integers(0, 40, ROWS).astype(float) for _ in range(parts - 1)]
    made.append(target - sum(made))
    numbers = {**columns.numbers, **{f"parcela{at}": values for at, values in enumerate(made)}}
    told = found(Columns(numbers, columns.words), target)
    assert told == {f"parcela{at}": ("knows_outcome", True) for at in range(parts)}


def test_amounts_that_add_up_to_the_label_are_left_out_and_what_drives_it_stays() -> None:
    columns, _ = honest()
    rng = np.random.default_rng(23)
    goods, freight = rng.lognormal(5, 1, ROWS), rng.lognormal(3, 1, ROWS)
    total = goods + freight
    invoice = Columns({**columns.numbers, "mercadoria": goods, "frete": freight}, columns.words)
    told = found(invoice, (total > np.median(total)).astype(float), numeric_target=total, suspicious_auc=0.99)
    assert told == {"mercadoria": ("knows_outcome", True), "frete": ("knows_outcome", True)}
    driven = 3 * columns.numbers["x0"] + 2 * columns.numbers["x1"]
    assert found(columns, (driven > np.median(driven)).astype(float), numeric_target=driven, suspicious_auc=0.99) == {}


@pytest.mark.parametrize("common", [False, True])
def test_what_is_erased_or_coded_only_where_the_fact_happened_is_left_out(common: bool) -> None:
    columns, target = honest()
    target = 1 - target if common else target
    rng = np.random.default_rng(24)
    half = (target > 0) & (rng.random(ROWS) < 0.5)
    seen, days = rng.gamma(2, 20, ROWS), rng.integers(0, 60, ROWS).astype(float)
    numbers = {**columns.numbers, "ultimo_uso": np.where(half, np.nan, seen), "dias": np.where(half, 999.0, days)}
    told = found(Columns(numbers, columns.words), target)
    assert told == {"ultimo_uso": ("knows_outcome", True), "dias": ("knows_outcome", True)}


def test_a_low_value_is_not_a_coded_one_and_amounts_have_no_values_of_their_own() -> None:
    columns, target = honest()
    rng = np.random.default_rng(25)
    half = (target > 0) & (rng.random(ROWS) < 0.6)
    width = np.where(half, rng.integers(1, 3, ROWS), rng.integers(3, 25, ROWS)).astype(float)
    assert found(with_number(columns, "largura", width), target) == {}
    price = 3 * columns.numbers["x0"] + rng.normal(0, 1, ROWS)
    memory = with_number(columns, "memoria", np.where(price > np.quantile(price, 0.6), 16.0, 8.0))
    assert found(memory, (price > np.median(price)).astype(float), numeric_target=price, suspicious_auc=0.99) == {}


def test_strong_columns_that_others_confirm_stay() -> None:
    rng = np.random.default_rng(4)
    target = (rng.random(ROWS) < 0.5).astype(float)
    strong = Columns({f"m{place}": target * 2.5 + rng.normal(0, 1, ROWS) for place in range(6)}, {})
    told = found(strong, target)
    assert told
    assert all(kind == "strong" and not left_out for kind, left_out in told.values())


def test_what_names_the_outcome_is_left_out_even_where_others_nearly_know_it() -> None:
    rng = np.random.default_rng(13)
    target = (rng.random(ROWS) < 0.55).astype(float)
    numbers = {f"m{place}": target * 1.6 + rng.normal(0, 1, ROWS) for place in range(5)}
    status = np.where(target > 0, rng.choice(["Canceled", "No-Show"], ROWS, p=[0.95, 0.05]), "Check-Out").astype(object)
    told = found(Columns(numbers, {"status": status}), target)
    assert told["status"] == ("knows_outcome", True)
    assert not any(left_out for name, (_, left_out) in told.items() if name != "status")


def test_names_of_rows_entities_and_constants() -> None:
    columns, target = honest()
    more = Columns(
        {**columns.numbers, "pedido_id": np.random.default_rng(5).permutation(ROWS).astype(float), "um": np.ones(ROWS)},
        {**columns.words, "cliente": np.array([f"c{row % 150}" for row in range(ROWS)], dtype=object)},
    )
    assert found(more, target) == {
        "pedido_id": ("identifier", True),
        "um": ("constant", True),
        "cliente": ("entity", True),
    }


def test_entities_to_predict_again_may_be_learnt() -> None:
    columns, target = honest()
    accounts = np.array([f"c{row % 85}" for row in range(ROWS)], dtype=object)
    named = Columns(columns.numbers, {**columns.words, "conta": accounts})
    assert found(named, target, unlabelled=named.take(np.arange(100))) == {"conta": ("entity", False)}
    others = Columns(named.numbers, {**named.words, "conta": np.array([f"outra {word}" for word in accounts], object)})
    assert found(named, target, unlabelled=others) == {"conta": ("entity", True)}


def test_a_file_may_be_sorted_by_what_says_something() -> None:
    columns, target = honest()
    income = np.sort(np.round(np.random.default_rng(12).lognormal(10, 0.5, ROWS)))
    sort = np.arange(ROWS)
    assert found(with_number(columns, "renda", income), target, position=sort) == {}
    counted = with_number(columns, "linha", 10.0 * sort)
    assert found(counted, target, position=sort) == {"linha": ("identifier", True)}


def test_dates_after_the_row_and_marks_of_time() -> None:
    columns, target = honest()
    time = np.sort(np.random.default_rng(6).uniform(19000, 19700, ROWS))
    later = with_number(
        columns, "encerramento", time + 30 * target + np.random.default_rng(7).uniform(-90, 10, ROWS), day=True
    )
    marked = with_number(later, "numero_sequencial", np.arange(ROWS).astype(float))
    told = found(marked, target, time=time)
    assert told["encerramento"] == ("after_outcome", True)
    assert told["numero_sequencial"] == ("marks_time", True)


def test_a_duration_in_other_words_is_left_out_and_what_shortens_it_stays() -> None:
    columns, target = honest()
    rng = np.random.default_rng(14)
    duration = rng.exponential(12 * np.exp(-columns.numbers["x0"]))
    paid = with_number(columns, "mensalidades_pagas", np.floor(duration) + rng.integers(0, 2, ROWS))
    told = found(paid, target, duration=duration)
    assert told == {"mensalidades_pagas": ("knows_outcome", True)}
    assert found(columns, target, duration=duration) == {}


def test_answers_of_the_same_survey() -> None:
    columns, target = honest()
    label_known = np.r_[np.ones(ROWS, bool), np.zeros(200, bool)]
    gaps = {name: np.zeros(ROWS + 200, bool) for name in columns.names} | {"x3": ~label_known}
    assert found(columns, target, labelled=label_known, missing=gaps) == {"x3": ("same_survey", True)}


def test_copies_of_one_class_teach_once() -> None:
    columns, target = honest()
    few = np.flatnonzero(target > 0)
    rows = np.r_[np.arange(ROWS), np.random.default_rng(8).choice(few, 250)]
    told = find_resampled_rows(columns.take(rows), target[rows], True)
    assert told.copies.sum() == 250
    assert not told.copies[target[rows] == 0].any()
    assert len(np.unique(told.groups)) == ROWS


def test_mixtures_of_neighbours_are_found_and_only_they() -> None:
    columns, target = honest()
    rng = np.random.default_rng(9)
    few = np.flatnonzero(target > 0)
    matrix = np.column_stack(list(columns.numbers.values()))
    made = []
    for _ in range(200):
        one = matrix[rng.choice(few)]
        near = few[np.argsort(((matrix[few] - one) ** 2).sum(axis=1))[1:6]]
        made.append(one + rng.random() * (matrix[rng.choice(near)] - one))
    whole = np.vstack([matrix, made])
    mixed = Columns({f"x{place}": whole[:, place] for place in range(4)}, {})
    told = find_resampled_rows(mixed, np.r_[target, np.ones(200)], True)
    assert told.synthetic[ROWS:].mean() > 0.8
    assert told.synthetic[:ROWS].mean() < 0.1
    assert not find_resampled_rows(columns, target, True).synthetic.any()


def test_fractions_that_a_small_class_happens_to_lack_are_no_mixtures() -> None:
    """A count filled in with its mean here and there: of 40 rows of the other class none needs to have been."""
    rng = np.random.default_rng(8)
    target = np.r_[np.ones(260), np.zeros(40)]
    counts = rng.poisson(12, (300, 4)).astype(float)
    counts[rng.choice(260, 15, replace=False), 0] = 12.37
    columns = Columns({f"c{at}": column for at, column in enumerate(counts.T)}, {})
    assert not find_resampled_rows(columns, target, True).synthetic.any()


@pytest.mark.parametrize("what", ["grid", "sums"])
def test_rows_between_others_by_chance_are_no_mixtures(what: str) -> None:
    rng = np.random.default_rng(13)
    target = (rng.random(ROWS) < 0.3).astype(float)
    months, price = rng.integers(1, 4, ROWS).astype(float), np.round(rng.uniform(20, 120, ROWS), 2)
    if what == "grid":
        numbers = {f"n{place}": rng.integers(0, 12, ROWS).astype(float) for place in range(4)}
    else:
        senior = rng.integers(0, 2, ROWS).astype(float)
        months = np.where(target > 0, 1.0, months)
        numbers = {"idoso": senior, "meses": months, "mensal": price, "total": months * price}
    assert not find_resampled_rows(Columns(numbers, {}), target, True).synthetic.any()


@pytest.mark.parametrize("levels", [2, 3])
def test_rows_that_are_equal_by_chance_are_no_copies(levels: int) -> None:
    rng = np.random.default_rng(10)
    columns = Columns({f"b{place}": rng.integers(0, levels, ROWS).astype(float) for place in range(3)}, {})
    told = find_resampled_rows(columns, (rng.random(ROWS) < 0.3).astype(float), True)
    assert told.equal_rows == 0
    assert told.common_by_chance


@pytest.mark.parametrize("name", ["account_length", "user_rating", "zip_code", "client_age"])
def test_a_measure_of_an_entity_is_not_its_name(name: str) -> None:
    columns, target = honest()
    whole = np.random.default_rng(11).integers(0, 150, ROWS).astype(float)
    assert found(with_number(columns, name, whole), target) == {}


def test_rows_to_predict_already_used_in_training_are_counted_unless_by_chance() -> None:
    columns, _ = honest()
    others, _ = honest(seed=15, rows=300)
    both = {
        kind: {name: np.r_[values, getattr(columns, kind)[name][:12]] for name, values in getattr(others, kind).items()}
        for kind in ("numbers", "words")
    }
    assert count_known_rows(columns, Columns(**both)) == 12
    assert count_known_rows(columns, others) == 0
    rng = np.random.default_rng(16)
    few = [Columns({f"d{at}": rng.integers(0, 3, 400).astype(float) for at in range(3)}, {}) for _ in range(2)]
    assert count_known_rows(*few) == 0


@pytest.mark.parametrize(("after", "kind"), [(0.0, None), (0.5, None), (1.0, "after_outcome")])
def test_a_date_of_the_same_day_is_not_after_the_time(after: float, kind: str | None) -> None:
    columns, target = honest()
    rng = np.random.default_rng(5)
    time = rng.integers(19_000, 19_700, ROWS).astype(float)
    seen = np.where(rng.random(ROWS) < 0.05, time + after, time - rng.integers(1, 900, ROWS))
    raw = with_number(columns, "visto", seen, day=True)
    for told in (raw, raw.aged(time)):
        assert found(told, target, time=time).get("visto", (None,))[0] == kind


def test_copies_of_coarse_rows_are_found_by_their_keys() -> None:
    rng = np.random.default_rng(8)
    words = {name: rng.choice(["a", "b", "c"], ROWS).astype(object) for name in ("plano", "porte", "canal")}
    target = (rng.random(ROWS) < 0.2).astype(float)
    again = np.r_[np.arange(ROWS), rng.choice(np.flatnonzero(target), 300)]
    coarse, label = Columns({}, words).take(again), target[again]
    assert not find_resampled_rows(coarse, label, True).copies.any()
    told = find_resampled_rows(coarse, label, True, Columns({"chave": again.astype(float)}, {}))
    assert told.copies.sum() == 300
    assert len(np.unique(told.groups)) == ROWS
    others = Columns({"chave": rng.permutation(len(again)).astype(float)}, {})
    assert not find_resampled_rows(coarse, label, True, others).copies.any()


def test_rows_of_the_larger_class_that_repeat_are_no_copies() -> None:
    columns, target = honest()
    months = np.repeat(np.arange(ROWS), 6)
    last = np.arange(len(months)) % 6 == 5
    label = np.where(last, target[months], 0.0)
    assert not find_resampled_rows(columns.take(months), label, True).copies.any()


def test_a_time_that_leaks_the_label_is_reported() -> None:
    columns, target = honest()
    rng = np.random.default_rng(4)
    until = np.where(target > 0, rng.integers(1, 50, ROWS), 52).astype(float)
    assert found(columns, target, time=until)["time_order"] == ("time_order", False)
    assert "time_order" not in found(columns, target, time=rng.integers(1, 50, ROWS).astype(float))


def test_rows_touched_up_stay_beside_their_twins_and_are_reported() -> None:
    columns, target = honest()
    rng = np.random.default_rng(40)
    again = rng.choice(ROWS, 200, replace=False)
    both = np.r_[np.arange(ROWS), again]
    numbers = {name: values[both].copy() for name, values in columns.numbers.items()}
    numbers["x2"][ROWS:] += rng.normal(0, 0.01, 200)
    told = find_resampled_rows(Columns(numbers, {"plano": columns.words["plano"][both]}), target[both], classes=True)
    assert 390 <= told.near_duplicates <= 400
    assert told.equal_rows == 0
    assert (told.groups[again] == told.groups[ROWS:]).mean() > 0.97
    assert not told.copies.any()
    assert find_resampled_rows(columns, target, classes=True).near_duplicates == 0


def test_a_dense_cluster_is_no_row_told_twice() -> None:
    rng = np.random.default_rng(43)
    spread = rng.choice([0.01, 1.0, 1.0], ROWS)
    numbers = {f"x{place}": 5 * (spread < 1) + spread * rng.normal(size=ROWS) for place in range(4)}
    words = {"plano": rng.choice(["mensal", "anual"], ROWS).astype(object)}
    assert find_resampled_rows(Columns(numbers, words), (spread < 1).astype(float), classes=True).near_duplicates == 0


@pytest.mark.parametrize("smoothed", [0.0, 5.0])
def test_the_rate_of_the_label_in_small_groups_is_left_out_and_facts_of_the_groups_stay(smoothed: float) -> None:
    columns, target = honest()
    rng = np.random.default_rng(41)
    city = rng.integers(0, 150, ROWS)
    rows, cases = np.bincount(city, minlength=150), np.bincount(city, weights=target, minlength=150)
    rate = (cases + smoothed * target.mean()) / np.maximum(rows + smoothed, 1)
    words = {**columns.words, "cidade": np.array([f"c{code}" for code in city], object)}
    numbers = {
        **columns.numbers, "taxa": rate[city], "clientes": rows[city].astype(float),
        "renda": rng.lognormal(8, 1, 150).round()[city], "idade": rng.integers(18, 80, ROWS).astype(float),
    }  # fmt: skip
    assert found(Columns(numbers, words), target) == {"taxa": ("knows_outcome", True)}


def test_a_date_that_only_beside_another_tells_the_label_is_left_out() -> None:
    columns, target = honest()
    rng = np.random.default_rng(42)
    begun = 19_000 + rng.integers(0, 400, ROWS).astype(float)
    last = begun + np.where(target > 0, rng.integers(20, 90, ROWS), rng.integers(-60, 10, ROWS))
    other = begun + rng.integers(0, 90, ROWS)
    dated = with_number(with_number(columns, "inicio", begun, day=True), "contato", last, day=True)
    assert found(with_number(dated, "visita", other, day=True), target) == {"contato": ("knows_outcome", True)}
