"""The stage on small lakes: every customer has a segment, runs repeat, names and keys stay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.spatial.distance import cdist

import b2shift
from b2shift.differentiate.api import segment_customers
from b2shift.differentiate.segments.candidates import Outcomes
from b2shift.differentiate.segments.catalogue import MIN_NPS_ANSWERS
from b2shift.differentiate.segments.continuation import continuation
from b2shift.differentiate.segments.identity import PreviousSegmentation
from b2shift.differentiate.segments.names import Name
from b2shift.differentiate.segments.predecessor import COLUMNS, VARIABLES, predecessor_sql
from b2shift.differentiate.segments.segmentation import segment_all
from b2shift.differentiate.segments.trait_declarations import declared_variables
from b2shift.differentiate.segments.view import build_view
from b2shift.lake.api import Session, load_specs, open_lake, writing

AS_OF = date(2025, 3, 31)
_PACKAGES = Path(b2shift.__file__).parent
_SPECS = {name: load_specs(_PACKAGES / name / "tables.yaml") for name in ("identify", "differentiate")}
_KEY = "printf('C%05d', i)"
_SMALL = "i % 2 = 0"
# Two plain kinds of customer: small recent shops that use little, and large old factories that use much.
_FEATURES = {
    "market_segment": f"CASE WHEN {_SMALL} THEN 'VAREJO' ELSE 'MANUFATURA' END",
    "situation": "'ativo'",
    "tenure_band": f"CASE WHEN {_SMALL} THEN 'ate_3' ELSE 'mais_10' END",
    "tenure_years": f"CASE WHEN {_SMALL} THEN 1.5 ELSE 14 END",
    "contract_band": f"CASE WHEN {_SMALL} THEN 'ate_5k' ELSE '100_500k' END",
    "contract_total": f"CASE WHEN {_SMALL} THEN 900 ELSE 200000 END",
    "contract_lines": f"CASE WHEN {_SMALL} THEN 2 ELSE 40 END",
    "mrr": f"CASE WHEN {_SMALL} THEN 90 + i % 5 ELSE 5000 + i END",
    "usage_hours": f"CASE WHEN {_SMALL} THEN 2 + i % 3 ELSE 300 + i END",
    "has_tickets": "TRUE",
    "tickets_90d": "i % 7",
    "lost_renewals_12m": "CASE WHEN i % 9 = 0 THEN 1 ELSE 0 END",
}


def _write(session: Session, package: str, table: str, rows: int, told: dict[str, str]) -> None:
    spec = _SPECS[package][table]
    columns = {column.name: told.get(column.name, "NULL") for column in spec.columns}
    columns |= {name: value for name, value in told.items() if name not in columns}
    selected = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
    session.write(spec, f"SELECT {selected} FROM range({rows}) AS t(i)")


def _features() -> dict[str, str]:
    numbers = {v.source: "NULL::DOUBLE" for v in declared_variables() if v.numeric}
    names = {v.source: "NULL::VARCHAR" for v in declared_variables() if not v.numeric}
    further = dict.fromkeys(("lines_signed_12m", "families_count", "mrr_growth_12m"), "NULL::DOUBLE")
    return numbers | names | further | _FEATURES | {"customer_id": _KEY, "as_of": f"DATE '{AS_OF}'"}


@contextmanager
def lake(home: Path, customers: int, features: int | None = None) -> Iterator[Session]:
    with writing(home) as session:
        _write(session, "identify", "customers", customers, {"customer_id": _KEY, "mrr": "90 + i"})
        _write(session, "identify", "customer_registry", customers, {"customer_id": _KEY})
        _write(session, "identify", "nps_answers", customers, {
            "customer_id": _KEY, "score": "9 + i % 2", "answered_on": "DATE '2025-01-10'"
        })  # fmt: skip
        _write(session, "identify", "contract_lines", customers - 1, {
            "customer_id": _KEY, "signed_on": "DATE '2020-01-01' + (i % 900)::INTEGER", "value": "10 + i",
            "revenue_line_group": "'SAAS'", "situation": "'ATIVO'", "market_segment": "'VAREJO'"
        })  # fmt: skip
        _write(session, "identify", "purchases", customers - 1, {
            "customer_id": _KEY, "bought_on": "DATE '2020-01-01' + (i % 900)::INTEGER", "amount": "10 + i",
            "origin": "'contract'"
        })  # fmt: skip
        _write(session, "differentiate", "features", customers if features is None else features, _features())
        yield session


def _segmented(home: Path, customers: int, seed: int = 7) -> None:
    with lake(home, customers) as session:
        segment_customers(session, AS_OF, seed=seed)
        session.commit(AS_OF)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("home")
    _segmented(place, 120)
    return place


def test_every_customer_has_one_segment_life_stage_and_class(home: Path) -> None:
    rows = open_lake(home).query("SELECT * FROM segments ORDER BY customer_id").to_pylist()
    assert len(rows) == len({row["customer_id"] for row in rows}) == 120
    assert all(row["segment_id"] and row["segment_name"] and row["life_stage"] for row in rows)
    assert all(0 <= row["confidence"] <= 1 for row in rows)
    assert rows[-1]["rfm_class"] == "Sem compras"
    assert rows[-1]["rfm_recency"] is None
    assert all(row["rfm_class"] != "Sem compras" for row in rows[:-1])


def test_the_plain_kinds_are_never_mixed(home: Path) -> None:
    kinds = open_lake(home).query(
        "SELECT segment_id, count(DISTINCT market_segment) AS kinds FROM segments JOIN features USING (customer_id) "
        "GROUP BY segment_id"
    )
    assert set(kinds.column("kinds").to_pylist()) == {1}


def test_the_catalogue_adds_up(home: Path) -> None:
    reader = open_lake(home)
    rows = reader.query("SELECT * FROM segment_catalogue").to_pylist()
    assert sum(row["customers"] for row in rows) == 120
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert sum(row["mrr"] for row in rows) == sum(90 + i for i in range(120))
    assert len({row["name"] for row in rows}) == len(rows)
    assert all(row["nps"] == (100 if row["customers"] >= MIN_NPS_ANSWERS else None) for row in rows)
    assert all(row["churn_mean"] is None for row in rows)
    assert all(len(row["exemplars"]) == min(5, row["customers"]) for row in rows)
    profiles = reader.query("SELECT * FROM segment_profiles").to_pylist()
    assert all(row["low"] <= row["prevalence"] + 1e-9 <= row["high"] + 2e-9 for row in profiles)


def test_one_candidate_is_chosen_and_each_has_a_reason(home: Path) -> None:
    rows = open_lake(home).query("SELECT * FROM segment_models").to_pylist()
    assert sum(row["chosen"] for row in rows) == 1
    assert all(row["reason"] for row in rows)
    assert len({(row["view"], row["algorithm"], row["k"]) for row in rows}) == len(rows)


def test_the_same_inputs_are_not_computed_twice(home: Path) -> None:
    with writing(home) as session:
        segment_customers(session, AS_OF, seed=7)
        assert not session.recomputed("segments")
        assert not session.changed


def test_a_refit_keeps_keys_names_and_places(tmp_path: Path) -> None:
    _segmented(tmp_path, 120)
    before = open_lake(tmp_path).query("SELECT * FROM segments ORDER BY customer_id").to_pylist()
    _segmented(tmp_path, 124)
    after = open_lake(tmp_path).query("SELECT * FROM segments ORDER BY customer_id LIMIT 119").to_pylist()
    same = sum(a["segment_id"] == b["segment_id"] for a, b in zip(before, after, strict=False))
    assert same > 0.8 * 119
    moved = [b for a, b in zip(before, after, strict=False) if a["segment_id"] != b["segment_id"]]
    assert all(row["migrated_from"] is not None for row in moved)
    assert sum(row["migrated_from"] is not None for row in after) == len(moved)


def test_the_same_seed_gives_the_same_rows(tmp_path: Path, home: Path) -> None:
    _segmented(tmp_path, 120)
    text = "SELECT * FROM segments ORDER BY customer_id"
    assert open_lake(tmp_path).query(text).equals(open_lake(home).query(text))


def test_twenty_customers_and_one_without_features(tmp_path: Path) -> None:
    with lake(tmp_path, 20, features=19) as session:
        segment_customers(session, AS_OF, seed=7)
        rows = session.query("SELECT * FROM segments").to_pylist()
    assert len(rows) == 20
    assert all(row["segment_id"] for row in rows)


def test_customers_all_alike_are_one_segment(tmp_path: Path) -> None:
    with lake(tmp_path, 12, features=0) as session:
        segment_customers(session, AS_OF, seed=7)
        assert session.query("SELECT DISTINCT segment_name FROM segments").to_pylist() == [{"segment_name": "Clientes"}]


def _predecessor(home: Path, lines: list[dict[str, object]], since: dict[str, date]) -> list[dict[str, object]]:
    spec = _SPECS["identify"]
    types = {column.name: column.type for column in spec["contract_lines"].columns}
    blank: dict[str, object] = dict.fromkeys(types)
    table = pa.Table.from_pylist([blank | line for line in lines])
    registry = pa.table({"customer_id": list(since), "customer_since": list(since.values())})
    with writing(home) as session:
        session.write(spec["contract_lines"], table)
        session.write(spec["customer_registry"], registry)
        return session.query(predecessor_sql(AS_OF)).to_pylist()


def test_the_predecessors_features_by_hand(tmp_path: Path) -> None:
    line = {"revenue_line_group": "SAAS", "market_segment": "VAREJO", "revenue_range": "Faixa 03 - De 15 M ate 25 M"}
    lines = [
        line | {"customer_id": "A", "signed_on": date(2015, 1, 1), "value": 4000, "situation": "ATIVO"},
        line | {"customer_id": "A", "signed_on": date(2001, 5, 30), "value": 1000, "situation": "CANCELADO",
                "revenue_line_group": "CDU"},
        line | {"customer_id": "B", "signed_on": date(2020, 12, 31), "value": 5001, "situation": "CANCELADO",
                "revenue_range": "Sem Informações de Faturamento"},
        line | {"customer_id": "C", "signed_on": date(2014, 12, 31), "value": 1, "situation": "ATIVO"},
        line | {"customer_id": "D", "signed_on": date(2016, 2, 29), "value": 0, "situation": "TROCADO"},
        line | {"customer_id": "D", "signed_on": date(2025, 4, 1), "value": 9, "situation": "ATIVO"},
    ]  # fmt: skip
    since = {"A": date(2014, 4, 1), "B": date(2022, 4, 1), "D": date(2015, 4, 4)}
    rows = {str(row["customer_id"]): row for row in _predecessor(tmp_path, lines, since)}
    held = {key: {name for name in COLUMNS if row[name]} for key, row in rows.items()}
    assert held == {
        # 4,017 days // 365 = 11 whole years, though its eleventh anniversary is still to come.
        "A": {"line_saas", "segment_varejo", "revenue_15_50m", "value_ate_5k", "tenure_madura", "cliente_ativo"},
        "B": {"line_saas", "segment_varejo", "revenue_sem_info", "value_5_20k", "tenure_recente"},
        "D": {"line_saas", "segment_varejo", "revenue_15_50m", "value_zero", "tenure_estabelecido", "cliente_ativo"},
    }
    assert len(COLUMNS) == len(set(COLUMNS)) == 37
    assert sum(map(len, VARIABLES)) == 37


def test_what_became_of_segments_and_customers_is_kept_step_by_step(tmp_path: Path) -> None:
    _segmented(tmp_path, 120)
    assert open_lake(tmp_path).query("SELECT * FROM segment_flows").num_rows == 0
    later = AS_OF + timedelta(days=30)
    with lake(tmp_path, 130) as session:
        segment_customers(session, later, seed=7)
        session.commit(later)
    reader = open_lake(tmp_path)
    steps = reader.query("SELECT * FROM segment_flows").to_pylist()
    assert {(row["before"], row["as_of"]) for row in steps} == {(AS_OF, later)}
    assert sum(row["customers"] for row in steps) == 130
    assert sum(row["customers"] for row in steps if row["from_id"] == "") == 10
    held = dict(
        zip(*reader.query("SELECT segment_id, customers FROM segment_catalogue").to_pydict().values(), strict=True)
    )
    for key, count in held.items():
        assert sum(row["customers"] for row in steps if row["to_id"] == key) == count
    with lake(tmp_path, 125) as session:
        segment_customers(session, later + timedelta(days=30), seed=7)
        session.commit(later)
    steps = open_lake(tmp_path).query("SELECT * FROM segment_flows ORDER BY as_of").to_pylist()
    assert len({row["as_of"] for row in steps}) == 2
    assert sum(row["customers"] for row in steps if row["to_id"] == "") == 5


def test_the_segmentation_before_is_carried_on_while_it_fits(tmp_path: Path) -> None:
    _segmented(tmp_path, 120)
    keys = open_lake(tmp_path).query("SELECT customer_id, segment_id FROM segments").to_pydict()
    before = dict(zip(keys["customer_id"], keys["segment_id"], strict=True))
    _segmented(tmp_path, 126, seed=8)
    reader = open_lake(tmp_path)
    told = reader.query("SELECT * FROM segment_models WHERE view = 'perfil_e_comportamento'").to_pylist()
    (chosen,) = (one for one in told if one["chosen"])
    assert chosen["algorithm"] == "continuada"
    assert chosen["reason"].startswith("Continua a segmentação anterior")
    assert chosen["null_excess"] == pytest.approx(chosen["silhouette"] - chosen["null_silhouette"])
    new = [one["null_silhouette"] for one in told if one["k"] == chosen["k"] and one["algorithm"] == "kmeans"]
    assert new in ([], [None], [pytest.approx(chosen["null_silhouette"])])
    keys = reader.query("SELECT customer_id, segment_id FROM segments").to_pydict()
    now = dict(zip(keys["customer_id"], keys["segment_id"], strict=True))
    assert sum(now[customer] != key for customer, key in before.items()) <= 3


def test_carried_on_without_a_change_nobody_moves() -> None:
    matrix = np.random.default_rng(0).normal(size=(500, 3))
    view = build_view("v", [((name,), matrix[:, [at]]) for at, name in enumerate("abc")])
    names = tuple(Name(f"n{i}", ()) for i in range(4))
    past = PreviousSegmentation(("s1", "s2", "s3", "s4"), names, matrix[:4], view.columns, 5, {}, {})
    everyone, some = np.arange(500), np.arange(0, 500, 2)
    for rows in (everyone, some):
        searched = view if rows is everyone else view.take(rows)
        one = continuation(past, searched, Outcomes(), floor=0.01, seed=0, sample=2_400)
        assert one is not None
        model = segment_all(view, searched, rows, one)
        assert np.array_equal(np.unique(model.centres, axis=0), np.unique(matrix[:4], axis=0))
        apart = cdist(searched.space.project(matrix), searched.space.project(model.centres))
        assert np.array_equal(model.labels, apart.argmin(axis=1))
        again = continuation(
            replace(past, centres=model.centres), searched, Outcomes(), floor=0.01, seed=1, sample=2_400
        )
        assert again is not None
        assert np.array_equal(again.labels, one.labels)
