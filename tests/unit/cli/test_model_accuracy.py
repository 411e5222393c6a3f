"""`b2shift model accuracy`: what scores said and what happened, as text and as JSON."""

import json
from pathlib import Path

from tests.unit.cli.conftest import Run
from tests.unit.learn.accuracy.said import CUSTOMERS, load
from tests.unit.learn.accuracy.test_records import FIRST, LATER, LEFT, RISK


def test_a_first_delivery_is_told_when_anything_can_be_known(run: Run, tmp_path: Path) -> None:
    load(tmp_path, FIRST, RISK, {})
    code, out, _err = run("model", "accuracy", "--home", tmp_path)
    assert code == 0
    assert "Ainda não dá para saber: o horizonte do primeiro cálculo termina em 29/12/2024." in out


def test_a_score_that_deviates_is_told_with_its_figures(run: Run, tmp_path: Path) -> None:
    load(tmp_path, FIRST, dict.fromkeys(CUSTOMERS, 0.05), {})
    load(tmp_path, LATER, RISK, LEFT)
    code, out, _err = run("model", "accuracy", "--home", tmp_path, "--json")
    told = json.loads(out)
    assert code == 0
    (whole,) = [one for one in told["calibration"] if not one["grouping"]]
    assert (whole["level"], whole["alarmed_on"], whole["observed"]) == ("deviates", "2024-09-30", 80)
    (first,) = [one for one in told["rows"] if not one["grouping"]]
    assert (first["customers"], first["events"]) == (390, 80)
    code, out, _err = run("model", "accuracy", "churn_90d", "--home", tmp_path)
    assert (code, "desviou" in out, "VAREJO" in out) == (0, True, True)
    code, out, err = run("model", "accuracy", "health", "--home", tmp_path)
    assert (code, out) == (2, "")
    assert "Não existe nota com resultado conhecido com este nome: health" in err
