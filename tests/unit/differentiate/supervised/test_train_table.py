"""`model train` end to end on small tables: honest, repeatable, clear where it refuses."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from b2shift.differentiate.api import TrainResult, train_table
from b2shift.differentiate.given import write_table
from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised import (
    ensemble,
    families,
    folds,
    predictions,
    preparation,
    reading,
    sampling,
    tree_families,
)
from b2shift.differentiate.supervised.labels import parse_label
from b2shift.differentiate.supervised.reading import read_labelled
from b2shift.kernel.errors import InputError, UnknownNameError


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """One round of four folds and few trees: what is proven here asks no best model, but for one test of the whole."""
    if request.function is not test_new_rows_are_ranked_explained_and_in_their_order:
        monkeypatch.setattr(preparation, "repeated_kfold", four_folds)
        monkeypatch.setattr(families, "_ROUNDS", (20, 80))
        monkeypatch.setattr(tree_families, "_FOREST_TREES", 20)


def four_folds(target: np.ndarray, groups: np.ndarray, seed: int, classes: bool) -> list[list[folds.Split]]:
    place = folds._stratified_group_folds(target, groups, 4, np.random.default_rng(seed), classes)
    return [[folds.Split(np.flatnonzero(place != at), np.flatnonzero(place == at)) for at in range(4)]]


def sales(rows: int, seed: int = 1) -> pd.DataFrame:
    """Deals with numbers, a category and gaps; `ganhou` follows two of them."""
    rng = np.random.default_rng(seed)
    value, visits = rng.lognormal(8, 1, rows), rng.poisson(3, rows)
    source = rng.choice(["indicação", "site", "evento"], rows)
    odds = -1.5 + 0.5 * visits - 0.4 * (np.log(value) - 8) + 0.8 * (source == "indicação")
    target = np.where(rng.random(rows) < 1 / (1 + np.exp(-odds)), "sim", "não")
    frame = pd.DataFrame(
        {"negocio": [f"n{at}" for at in range(rows)], "valor": value, "visitas": visits, "origem": source}
    )
    frame.loc[rng.random(rows) < 0.1, "valor"] = np.nan
    return frame.assign(ganhou=target)


def trained(
    frame: pd.DataFrame, folder: Path, label: str = "ganhou", **options: object
) -> tuple[TrainResult, pd.DataFrame]:
    table, out = folder / "tabela.csv", folder / "saida.parquet"
    frame.to_csv(table, index=False)
    options = {"identity": "negocio" if "negocio" in frame else None, **options}
    told = train_table(table, label, out, **options)  # type: ignore[arg-type]
    return told, pd.read_parquet(out)


def test_new_rows_are_ranked_explained_and_in_their_order(tmp_path: Path) -> None:
    whole = sales(700)
    test = tmp_path / "novos.csv"
    whole[400:].drop(columns="ganhou").to_csv(test, index=False)
    told, said = trained(whole[:400], tmp_path, test=test)
    assert told.usable
    assert told.positive == "sim"
    assert said["negocio"].tolist() == whole["negocio"][400:].tolist()
    target = (whole["ganhou"][400:] == "sim").to_numpy(float)
    assert (auc(target, said["probability"].to_numpy()) or 0) > 0.68
    assert abs(said["probability"].mean() - target.mean()) < 0.08
    assert said["reasons"].str.contains("visitas = ").mean() > 0.8
    assert told.measures.auc_shuffled is not None
    assert 0.4 < told.measures.auc_shuffled < 0.6


def test_a_large_table_is_explained_by_what_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = sales(400)
    whole = trained(frame, tmp_path)[1]
    monkeypatch.setattr(ensemble, "_EXPLAIN_ALL_UP_TO", 100)
    monkeypatch.setattr(tree_families, "_tree_contributions", never_deep(tree_families._tree_contributions))
    large = trained(frame, tmp_path)[1]
    assert large["probability"].tolist() == whole["probability"].tolist()
    assert large["reasons"].str.contains("visitas = ").mean() > 0.8


def never_deep(parts: Any) -> Any:
    """Trees of two leaves may tell their part; the walk through larger ones must not begin."""

    def told(ways: Any) -> Any:
        if any(booster.params.get("num_leaves", 2) > 2 for booster, _rounds in ways):
            return lambda *_arguments: pytest.fail("walked through deep trees")
        return parts(ways)

    return told


def test_rows_beyond_the_training_sample_are_predicted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = sales(420)
    monkeypatch.setattr(preparation, "MAX_TRAINING_ROWS", 300)
    told, said = trained(frame, tmp_path)
    assert (told.rows, told.rows_teaching, told.measures.rows) == (420, 300, 300)
    assert said["probability"].notna().all()
    assert (auc((frame["ganhou"] == "sim").to_numpy(float), said["probability"].to_numpy()) or 0) > 0.65


def test_more_rows_than_are_held_are_drawn_and_all_said_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = sales(600).assign(dia=pd.date_range("2025-01-01", periods=600).strftime("%d/%m/%Y"))
    frame.loc[::6, "ganhou"] = None
    monkeypatch.setattr(sampling, "MAX_IN_MEMORY", 500)
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 300)
    monkeypatch.setattr(sampling, "BATCH_ROWS", 130)
    monkeypatch.setattr(reading, "BATCH_ROWS", 130)
    monkeypatch.setattr(preparation, "MAX_TRAINING_ROWS", 250)
    test = tmp_path / "novos.csv"
    frame[:510].drop(columns="ganhou").to_csv(test, index=False)
    told, said = trained(frame, tmp_path)
    assert (told.rows, told.rows_teaching, told.measures.rows) == (600, 250, 250)
    assert "600 linhas, 250" in (told.drawn or "")
    assert said["negocio"].tolist() == frame["negocio"].tolist()
    known = frame["ganhou"].notna().to_numpy()
    target = (frame["ganhou"] == "sim").to_numpy(float)
    assert (auc(target[known], said["probability"].to_numpy()[known]) or 0) > 0.62
    new = trained(frame, tmp_path, test=test)[1]
    assert new["negocio"].tolist() == frame["negocio"][:510].tolist()
    apart = np.abs(new["probability"].to_numpy() - said["probability"].to_numpy()[:510])
    assert (apart < 1e-6).mean() > 0.4  # by the same bag, but for the rows that taught


def test_few_of_very_many_rows_are_drawn_alike_from_every_kind_of_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MAX_IN_MEMORY", 10)
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 100)
    with duckdb.connect() as connection:
        rows = connection.sql(
            "SELECT i % 3 AS kind, CASE WHEN i % 10 > 0 THEN 'sim' END AS y FROM range(3000) numbers(i)"
        )
        some = sampling.sample_rows(rows, "y")
        kinds = [row[0] for row in some.rows.fetchall()]
    assert some.count == 3000
    assert len(kinds) == len(set(some.position.tolist())) == 200
    assert [place % 3 for place in some.position.tolist()] == kinds
    assert all(60 <= kinds.count(kind) <= 74 for kind in range(3))


def test_rows_are_said_alike_in_parts_of_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = sales(300)
    frame.loc[::7, "ganhou"] = None
    whole = trained(frame, tmp_path)[1]
    told: list[float] = []
    monkeypatch.setattr(predictions, "BATCH_ROWS", 43)
    parts = trained(frame, tmp_path, progress=lambda _, done, total, note="": told.append(done / total))[1]
    pd.testing.assert_frame_equal(whole, parts)
    assert told == sorted(told)
    assert len([one for one in told if one > 0.9]) >= 7


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path: Path) -> None:
    frame = sales(250)
    mixed = frame.sample(frac=1, random_state=3)[frame.columns[::-1]]
    one = trained(frame, tmp_path)[1].set_index("negocio")["probability"]
    other = trained(mixed, tmp_path)[1].set_index("negocio")["probability"]
    assert (one - other.loc[one.index]).abs().max() < 1e-8


def test_without_signal_everybody_gets_the_base_rate(tmp_path: Path) -> None:
    frame = sales(300)
    frame["ganhou"] = np.random.default_rng(5).permutation(frame["ganhou"])
    told, said = trained(frame, tmp_path)
    assert not told.usable
    assert told.verdict.startswith("Sem sinal utilizável")
    assert said["probability"].nunique() == 1
    assert not said["usable"].any()


def test_a_planted_leak_is_left_out_and_the_honest_figure_told(tmp_path: Path) -> None:
    frame = sales(400)
    frame["comissao_paga"] = (frame["ganhou"] == "sim") * 100 + np.random.default_rng(6).normal(0, 20, 400)
    told, _ = trained(frame, tmp_path)
    assert "comissao_paga" not in told.columns
    assert told.measures.auc is not None
    assert told.measures.auc < 0.85


def test_over_time_only_earlier_rows_say_later_ones(tmp_path: Path) -> None:
    frame = sales(500)
    frame["criado"] = pd.date_range("2024-01-01", periods=500).astype(str)
    told, said = trained(frame, tmp_path, time="criado")
    assert "cada bloco do tempo" in told.validation
    assert told.measures.rows == 400
    assert said["probability"].notna().all()
    assert told.moved_auc is not None


def test_a_category_of_new_levels_is_shown_as_moved(tmp_path: Path) -> None:
    frame, new = sales(200), tmp_path / "novas.csv"
    sales(100, 2).assign(origem="feira").drop(columns="ganhou").to_csv(new, index=False)
    told, _ = trained(frame, tmp_path, test=new)
    assert [one.column for one in told.findings if one.kind == "moved_column"] == ["origem"]
    first = told.moved_auc
    pd.read_csv(new).sample(frac=1, random_state=1).to_csv(new, index=False)
    assert trained(frame, tmp_path, test=new)[0].moved_auc == first


def test_blocks_of_time_are_dealt_even_where_nearly_all_rows_are_of_one_day() -> None:
    time = np.r_[np.zeros(10), np.ones(90)]
    [blocks] = folds.forward_chaining(time, np.arange(100))
    assert [(len(one.train), len(one.test), one.backward) for one in blocks] == [(90, 10, True), (10, 90, False)]


def test_blocks_of_time_begin_where_enough_rows_are_before_them(tmp_path: Path) -> None:
    frame = sales(240)
    frame["criado"] = np.repeat(["2024-01-01", "2024-02-01"], [3, 237])
    told, said = trained(frame, tmp_path, time="criado")
    assert "validação cruzada" in told.validation
    assert "bastantes antes e depois" in told.validation
    assert (told.usable, told.measures.rows) == (True, 240)
    frame["criado"] = pd.date_range("2024-01-01", periods=240).astype(str)
    frame.loc[:60, "ganhou"] = "não"
    told, said = trained(frame, tmp_path, time="criado")
    assert told.measures.rows == 144, "the block said by rows of one class alone is not measured"
    assert said["probability"].notna().all()


def test_the_fact_may_have_come_to_everyone(tmp_path: Path) -> None:
    rng = np.random.default_rng(12)
    strength = rng.normal(size=200)
    frame = pd.DataFrame(
        {"forca": strength, "meses": rng.exponential(20 * np.exp(-strength)).round() + 1, "saiu": "sim"}
    )
    told, _ = trained(frame, tmp_path, label="saiu", time="meses", task="survival")
    assert told.usable
    assert (told.measures.c_index or 0) > 0.65
    with pytest.raises(InputError, match="um só valor"):
        trained(frame.assign(saiu="não"), tmp_path, label="saiu", time="meses", task="survival")
    with pytest.raises(InputError, match="é uma data"):
        trained(frame.assign(meses="2025-01-31"), tmp_path, label="saiu", time="meses", task="survival")


def test_times_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="o mesmo em todas"):
        trained(sales(60).assign(dia="2025-01-31"), tmp_path, time="dia")
    with pytest.raises(InputError, match="negativas"):
        trained(sales(60).assign(meses=np.arange(60) - 3.0), tmp_path, time="meses", task="survival")


def test_words_and_numbers_of_many_rows_stay_side_by_side(tmp_path: Path) -> None:
    rows, table = 600_000, tmp_path / "muitas.parquet"
    number = np.random.default_rng(3).permutation(rows)
    words = pa.array(number.tolist(), pa.int64()).cast(pa.string())
    pq.write_table(pa.table({"numero": number, "rotulo": words, "nome": words}), table, row_group_size=50_000)
    read = read_labelled(table, "rotulo", None, None)
    assert (read.columns.numbers["numero"] == number).all()
    assert (read.label.astype(float) == number).all()


def test_three_classes_share_one(tmp_path: Path) -> None:
    frame = sales(300)
    calls = frame["visitas"] + np.random.default_rng(4).normal(0, 1, 300)
    frame["ganhou"] = np.where(calls > 4, "alto", np.where(calls > 2, "médio", "baixo"))
    told, said = trained(frame, tmp_path)
    shares = said[[f"probability_{name}" for name in told.classes]]
    assert told.usable
    assert np.allclose(shares.sum(axis=1), 1)
    assert (said["prediction"] == frame["ganhou"]).mean() > 0.6


def test_a_number_is_said_with_an_interval(tmp_path: Path) -> None:
    frame = sales(300)
    frame["receita"] = 3 * frame["visitas"] + np.random.default_rng(8).normal(0, 1, 300)
    told, said = trained(frame.drop(columns="ganhou"), tmp_path, label="receita")
    assert told.task == "regression"
    inside = (said["low"] <= frame["receita"]) & (frame["receita"] <= said["high"])
    assert 0.85 < inside.mean() < 0.95
    assert told.measures.r2 is not None
    assert told.measures.r2 > 0.9


def test_survival_ranks_who_leaves_first(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    strength = rng.normal(size=300)
    leaves, seen = rng.exponential(20 * np.exp(-strength)), rng.uniform(5, 40, 300)
    frame = pd.DataFrame({"forca": strength, "ruido": rng.normal(size=300), "meses": np.minimum(leaves, seen)})
    told, said = trained(
        frame.assign(saiu=(leaves <= seen).astype(int)), tmp_path, label="saiu", time="meses", task="survival"
    )
    assert told.measures.c_index is not None
    assert told.measures.c_index > 0.68
    assert told.measures.ibs is not None
    assert told.measures.ibs_base is not None
    assert told.measures.ibs < told.measures.ibs_base
    curves = said[[f"survival_{at + 1}" for at in range(len(told.times))]].to_numpy()
    assert (np.diff(curves, axis=1) <= 1e-9).all()
    assert np.corrcoef(said["risk"], strength)[0, 1] > 0.7


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.assign(ganhou="sim"), "um só valor"),
        (lambda f: f[:3], "Poucas linhas"),
        (lambda f: f[["ganhou", "negocio"]], "só tem o rótulo"),
        (lambda f: f[["ganhou", "negocio"]].assign(nada=None), r"nada \(não varia\).*Dê uma coluna que varie"),
    ],
)
def test_tables_that_cannot_teach_are_refused_in_clear_words(tmp_path: Path, change: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        trained(change(sales(60)), tmp_path)  # type: ignore[operator]


def test_what_is_written_is_whole_or_the_file_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "saida.parquet"
    write_table([pa.table({"row": [1, 2]})], out, "não deu")

    def stopped(_partial: Path, _out: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_table([pa.table({"row": [3]})], out, "não deu")
    assert pq.read_table(out).column("row").to_pylist() == [1, 2]
    assert list(tmp_path.iterdir()) == [out]


def test_unknown_names_are_reported(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="ganhou"):
        trained(sales(60), tmp_path, label="ganhou_")
    with pytest.raises(UnknownNameError, match="visitas"):
        trained(sales(60), tmp_path, keep=["visita"])
    with pytest.raises(InputError, match="--time"):
        trained(sales(60), tmp_path, task="survival")


def test_columns_missing_in_the_rows_to_predict_are_not_trained_on(tmp_path: Path) -> None:
    whole = sales(300)
    test = tmp_path / "novos.csv"
    whole[200:].drop(columns=["ganhou", "visitas"]).assign(valor=np.nan, mais=1).to_csv(test, index=False)
    told, said = trained(whole[:200], tmp_path, test=test)
    assert {one.column for one in told.findings if one.kind == "absent_in_test" and one.left_out} == {
        "visitas",
        "valor",
    }
    assert told.columns == ("origem",)
    assert len(said) == 100


def test_a_key_comes_back_as_it_is_in_the_file(tmp_path: Path) -> None:
    frame = sales(200).assign(negocio=np.arange(200)[::-1] + 1_000_000)
    assert trained(frame, tmp_path)[1]["negocio"].tolist() == frame["negocio"].tolist()
    with pytest.raises(InputError, match="nome de uma coluna das previsões"):
        trained(frame.rename(columns={"negocio": "risk"}), tmp_path, identity="risk")


def test_no_column_is_two_things(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="O rótulo não pode ser o tempo"):
        trained(sales(100), tmp_path, time="ganhou")


def test_a_value_that_only_copies_of_a_class_make_one_sided_stays(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    plan = np.where(np.arange(400) < 100, "anual", "mensal")
    left = (plan == "mensal") & (rng.random(400) < 0.3)
    rows = pd.DataFrame({name: rng.normal(size=400).round(6) for name in ("chamados", "uso", "valor")})
    rows = rows.assign(plano=plan, saiu=left.astype(int))
    rows["motivo"] = np.where(left, "preço", None)
    table = tmp_path / "t.csv"
    pd.concat([rows, rows[left].sample(200, replace=True, random_state=1)]).to_csv(table, index=False)
    read = read_labelled(table, "saiu", None, None)
    ready = preparation.prepare(read, parse_label(read.label, None, None), "saiu", (), 7)
    assert ready.columns.names == ("chamados", "uso", "valor", "plano")
    assert (ready.weight == 0).sum() == 200
