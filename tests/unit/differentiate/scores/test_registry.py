"""Versions of scores: kept as text, promoted by people, served and opened again to the last bit."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.differentiate.scores.world import AS_OF, ledgers
from tests.unit.identify.refined import fill

from b2shift.differentiate import api
from b2shift.differentiate.scores.calibration import calibration
from b2shift.differentiate.scores.drift import drift, reference
from b2shift.differentiate.scores.fitted_models import FittedModel, blend_models, fit_boosting, fit_logistic
from b2shift.differentiate.scores.frame import Column, Design, Frame
from b2shift.differentiate.scores.stored_models.binary_model import BinaryModel
from b2shift.differentiate.scores.stored_models.loading import load_model
from b2shift.differentiate.scores.stored_models.protocol import version_of
from b2shift.differentiate.scores.tiers import fit_tiers, tier_design
from b2shift.identify.api import build_customers
from b2shift.kernel.errors import InputError, StateError, UnknownNameError
from b2shift.lake.api import open_lake, writing

WHEN = datetime(2025, 4, 1, 12, tzinfo=UTC)
RNG = np.random.default_rng(6)
MATRIX = np.where(RNG.random((900, 3)) < 0.1, np.nan, RNG.normal(size=(900, 3))).astype(np.float32)
HAPPENED = (RNG.random(900) < 1 / (1 + np.exp(2 - 2 * np.nan_to_num(MATRIX[:, 0])))).astype(float)
WEIGHT = np.ones(900)


def _frame(rows: slice = slice(None)) -> Frame:
    part = MATRIX[rows]
    names = np.array([f"T{k}" for k in range(len(part))], dtype=object)
    words = {"market_segment": np.array([None] * len(part), dtype=object)}
    return Frame(date(2025, 3, 31), names, {name: part[:, k] for k, name in enumerate("abc")}, words)


def _kept(learned: FittedModel, kind: str = "Platt") -> BinaryModel:
    adjusted = calibration(learned.log_odds(MATRIX) * 2, HAPPENED)
    assert kind in ("Platt", adjusted.name)
    seen = Design((Column("a"), Column("b", compressed=True), Column("c")))
    return BinaryModel("churn_90d", seen, learned, adjusted, 0.1234567890123, 1.1, 0.9, 1e-4, (-0.7, 0.4))


@pytest.mark.parametrize("model", ["linear", "trees", "mean"])
def test_a_model_read_back_says_the_same_to_the_last_bit_of_one_customer_or_of_many(model: str) -> None:
    line, wood = fit_logistic(MATRIX, HAPPENED, WEIGHT), fit_boosting(MATRIX, HAPPENED, WEIGHT, 7, 1)
    kept = _kept({"linear": line, "trees": wood, "mean": blend_models(line, wood)}[model])
    again = load_model(kept.text())
    assert again.text() == kept.text()
    assert isinstance(again, BinaryModel)
    whole, alone = kept.predict(_frame()), again.predict(_frame(slice(17, 18)))
    assert whole.columns.keys() == {"churn_90d", "churn_90d_low", "churn_90d_high"}
    for name, values in whole.columns.items():
        assert values[17] == alone.columns[name][0], name
    assert whole.points[17].tolist() == alone.points[0].tolist()
    low, middle, high = (whole.columns[f"churn_90d{end}"] for end in ("_low", "", "_high"))
    assert ((low <= middle) & (middle <= high)).all()
    assert version_of(kept.text()) == version_of(again.text())


def test_tiers_are_kept_too() -> None:
    signs = np.abs(MATRIX[:, [0, 1, 2, 0]])
    learned = fit_tiers("churn_90d", signs, HAPPENED)
    kept = BinaryModel(
        "churn_90d", tier_design("churn_90d"), learned, calibration(np.zeros(4), np.zeros(4)), 0, 0, 1, 1e-4
    )
    again = load_model(kept.text())
    assert isinstance(again, BinaryModel)
    assert again.model.log_odds(signs).tolist() == learned.log_odds(signs).tolist()
    assert again.model.interval is not None


def test_drift_is_nothing_on_the_same_customers_and_large_where_they_moved() -> None:
    before = reference([_frame()], ["a", "b"])
    assert drift(before, _frame()) == [("a", 0.0), ("b", 0.0)]
    moved = Frame(AS_OF, _frame().ids, {"a": MATRIX[:, 0] + 2, "b": MATRIX[:, 1]}, {})
    [(name, index), (_, other)] = drift(before, moved)
    assert (name, other) == ("a", 0.0)
    assert index > 1


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, the second with another seed: two versions of each score."""
    folder = tmp_path_factory.mktemp("kept") / "home"
    with writing(folder) as session:
        fill(session, **ledgers(320, range(0, 320, 4)))
        _run(session, folder)
    with writing(folder) as session:
        _run(session, folder, seed=8)
    return folder


def _run(session: Any, folder: Path, seed: int = 7) -> None:
    build_customers(session, AS_OF)
    api.build_features(session, AS_OF)
    api.score_customers(session, AS_OF, seed=seed, promoted=api.promoted_scores(folder))
    session.commit(AS_OF)


def _someone(folder: Path) -> str:
    rows = open_lake(folder).query("SELECT customer_id FROM scores WHERE churn_90d IS NOT NULL ORDER BY 1").to_pylist()
    return str(rows[0]["customer_id"])


def test_every_version_is_kept_and_the_newest_serves(home: Path) -> None:
    churn = [one for one in api.score_models(open_lake(home), home) if one.score == "churn_90d"]
    assert len(churn) == 2
    assert [one.in_use for one in churn].count(True) == 1
    assert all(one.last_used == AS_OF and one.drift and one.verdict for one in churn)


def test_a_dossier_of_either_version_computes_the_same_score(home: Path) -> None:
    who = _someone(home)
    models = set()
    for version in (1, 2):
        told = api.score_dossier(open_lake(home, version), who)
        assert told.same
        assert told.stored == told.recomputed
        assert len(told.stored) == 3
        assert told.reasons
        assert told.inputs[0].points
        models.add(told.model_version)
    assert len(models) == 2


def test_every_score_of_every_customer_is_computed_again_to_the_last_digit(home: Path) -> None:
    lake = open_lake(home)
    names = api.openable_scores(lake)
    assert {"churn_90d", "health"} <= set(names)
    for name in names:
        rows = lake.query(f"SELECT customer_id FROM scores WHERE {name} IS NOT NULL ORDER BY 1").to_pylist()
        for row in rows[:: max(1, len(rows) // 5)]:
            told = api.score_dossier(lake, row["customer_id"], name)
            assert told.same, (name, told.columns, told.stored, told.recomputed)
            assert told.columns[0] == name
            assert told.verdict
            assert any(one.points for one in told.inputs)


def test_what_nobody_can_open_is_refused_with_the_reason(home: Path) -> None:
    lake = open_lake(home)
    gone = lake.query("SELECT customer_id FROM scores WHERE churn_90d IS NULL LIMIT 1").to_pylist()[0]["customer_id"]
    with pytest.raises(InputError, match="não tem esta nota"):
        api.score_dossier(lake, gone)
    with pytest.raises(InputError, match="Cliente sem notas"):
        api.score_dossier(lake, "NOBODY")
    with pytest.raises(UnknownNameError):
        api.score_dossier(lake, gone, "zodiac")
    with pytest.raises(UnknownNameError):
        api.what_if(lake, _someone(home), "moon", 1.0)
    with pytest.raises(InputError, match="negativo"):
        api.what_if(lake, _someone(home), "usage_active_days", -1.0)


def test_a_what_if_moves_one_value_and_is_an_association(home: Path) -> None:
    lake, who = open_lake(home), _someone(home)
    told = api.what_if(lake, who, "usage_fall", -0.9)
    assert told.evidence == "association"
    assert told.after > told.before
    assert told.before == pytest.approx(api.score_dossier(lake, who).stored[0], abs=1e-6)
    for one in api.what_ifs(lake, who):
        assert one.evidence == "association"
        assert one.now != one.then


def test_a_promoted_version_serves_the_next_run_and_rolls_back(home: Path) -> None:
    lake = open_lake(home)
    first, second = (api.score_dossier(open_lake(home, version), _someone(home)).model_version for version in (1, 2))
    with pytest.raises(InputError, match="razão"):
        api.promote_score(lake, home, "churn_90d", first, reason=" ", by="ana", at=WHEN)
    with pytest.raises(UnknownNameError):
        api.promote_score(lake, home, "churn_90d", "0000", reason="x", by="ana", at=WHEN)
    assert not api.promoted_scores(home), "nothing was kept of what was refused"
    api.promote_score(lake, home, "churn_90d", first, reason="a outra exagera", by="ana", at=WHEN)
    with writing(home) as session:
        _run(session, home, seed=8)
    told = api.score_dossier(open_lake(home), _someone(home))
    assert told.model_version == first
    assert told.same
    before = api.score_dossier(open_lake(home, 1), _someone(home))
    assert told.stored == before.stored
    card = open_lake(home).query("SELECT verdict FROM score_cards WHERE score = 'churn_90d'").to_pylist()[0]
    assert "decisão de ana: a outra exagera" in card["verdict"]
    wish = api.roll_back_score(open_lake(home), home, "churn_90d", reason="era só um teste", by="rui", at=WHEN)
    assert wish.version == second


def test_a_version_from_before_models_were_kept_says_so(tmp_path: Path) -> None:
    with writing(tmp_path / "old") as session:
        fill(session, **ledgers(20))
        _run(session, tmp_path / "old")
    lake = open_lake(tmp_path / "old")
    assert [one.score for one in api.score_models(lake, tmp_path / "old")] == ["health"], "an open rule needs no events"
    with pytest.raises(StateError, match="não guardou o modelo"):
        api.score_dossier(lake, "T00001")
