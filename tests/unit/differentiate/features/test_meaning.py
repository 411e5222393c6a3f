"""Every published feature against its meaning, computed by hand on ledgers drawn by chance."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.differentiate.features.by_hand import features_by_hand
from tests.unit.differentiate.features.invented import NEWEST, invent
from tests.unit.identify.refined import fill

from b2shift.differentiate.api import build_features, feature_declarations, features_at
from b2shift.lake.api import writing

DATES = (date(2025, 3, 31), date(2025, 3, 30), date(2024, 12, 31), date(2024, 2, 29), date(2023, 6, 15))


def same(found: Any, expected: Any) -> bool:
    if isinstance(found, float) and expected is not None:
        return found == pytest.approx(float(expected), rel=1e-9, abs=1e-9)
    return bool(found == expected)


@pytest.mark.parametrize("seed", range(3))
def test_features_mean_what_they_say(tmp_path: Path, seed: int) -> None:
    told = invent(seed)
    names = [feature.name for feature in feature_declarations()]
    with writing(tmp_path) as session:
        fill(session, **told)
        for as_of in DATES:
            expected = features_by_hand(told, as_of, current=as_of >= NEWEST)
            rows = features_at(session, as_of).to_pylist()
            assert [row["customer_id"] for row in rows] == list(expected)
            wrong = [
                (row["customer_id"], name, row[name], expected[row["customer_id"]][name])
                for row in rows
                for name in names
                if not same(row[name], expected[row["customer_id"]][name])
            ]
            assert not wrong, (as_of, wrong[:5])
            assert {row["as_of"] for row in rows} == {as_of}
            assert set(rows[0]) == {"customer_id", "as_of", *names}


def test_the_table_is_what_features_at_gives(tmp_path: Path) -> None:
    told = invent(3)
    with writing(tmp_path) as session:
        from b2shift.identify.api import build_customers

        fill(session, **told)
        build_customers(session, NEWEST)
        build_features(session, NEWEST)
        assert session.query("SELECT * FROM features").to_pylist() == features_at(session, NEWEST).to_pylist()
        whole = features_at(session, NEWEST)
        for name in [one.name for one in feature_declarations()][::7]:
            assert features_at(session, NEWEST, names=[name]).column(name).equals(whole.column(name)), name
        few = features_at(session, NEWEST, ["T00003", "T00001", "nobody"]).to_pylist()
        everyone = {row["customer_id"]: row for row in features_at(session, NEWEST).to_pylist()}
        assert few == [everyone["T00001"], everyone["T00003"]], "peers are everyone, whoever is asked for"
        assert features_at(session, NEWEST, []).num_rows == 0
