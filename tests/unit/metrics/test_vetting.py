"""What no typed query may hold, whoever wrote it."""

from datetime import date
from typing import Any

import pytest

from b2shift.kernel.errors import InputError
from b2shift.metrics.api import listed, vet
from b2shift.metrics.contracts import Comparison, Filter, Horizon, Order, Period, TypedQuery


def query(**slots: Any) -> TypedQuery:
    return TypedQuery(intent="metric", **{"metrics": ("mrr",), **slots})


@pytest.mark.parametrize(
    "slots",
    [
        {"metrics": ("lucro",)},
        {"dimensions": ("cpf",)},
        {"filters": (Filter(field="senha", op="eq", value="1"),)},
        {"filters": (Filter(field="mrr", op="gt", value="dez"),)},
        {"filters": (Filter(field="mrr", op="gt", value=float("nan")),)},
        {"filters": (Filter(field="mrr", op="between", value=(1, 2, 3)),)},
        {"filters": (Filter(field="segment", op="in", value=()),)},
        {"filters": (Filter(field="segment", op="gt", value="varejo"),)},
        {"filters": (Filter(field="segment", op="change_lt", value=1),)},
        {"filters": (Filter(field="segment", op="eq", value="x" * 300),)},
        {"filters": (Filter(field="renewal_date", op="gte", value="ontem"),)},
        {"condition": Filter(field="lucro", op="lt", value=1)},
        {"time": Period(start=date(2026, 2, 1), end=date(2026, 1, 1))},
        {"comparison": Comparison(type="period", start=date(2026, 2, 1), end=date(2026, 1, 1))},
        {"comparison": Comparison(type="period")},
        {"comparison": Comparison(type="members", field="lucro", values=("a",))},
        {"dimensions": ("state",), "comparison": Comparison(type="members", field="region", values=("sul",))},
        {"forecast": Horizon(start=date(2027, 2, 1), end=date(2027, 1, 1))},
        {"order": Order(by="1; DROP TABLE customers", dir="asc")},
        {"limit": 0},
        {"limit": 10**9},
        {"calculation": "exec"},
        {"format": "exe"},
        {"schedule": "* * * * *"},
        {"metrics": ("mrr",) * 2000},
    ],
)
def test_it_is_refused_by_name(slots: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        vet(query(**slots))


def test_a_sound_query_comes_back_and_only_a_model_may_not_make_names_up() -> None:
    sound = query(filters=(Filter(field="account_owner", op="eq", value="U0001"),), dimensions=("segment",))
    assert vet(sound) is sound
    with pytest.raises(InputError, match="valor"):
        listed(sound)
    listed(
        query(filters=(Filter(field="cluster", op="eq", value=3), Filter(field="segment", op="in", value=("agro",))))
    )
