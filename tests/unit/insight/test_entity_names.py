"""Names that only the lake knows: sellers and clusters."""

from typing import cast

import pytest
from tests.unit.insight.small_lake import AS_OF, SmallLake

from b2shift.insight.api import lexicon_of, plan_question
from b2shift.insight.reading.lexicon import Lexicon
from b2shift.lake.api import Lake


@pytest.fixture(scope="module")
def names() -> Lexicon:
    lake = SmallLake()
    lake.connection.execute("CREATE TABLE users AS SELECT 'u1' AS user_id, 'Ana Souza' AS name")
    lake.connection.execute(
        "CREATE TABLE segment_catalogue AS SELECT 's03' AS segment_id, 'Indústria de uso intenso' AS name"
    )
    return lexicon_of(cast(Lake, lake))


def filters(question: str, names: Lexicon) -> list[tuple[str, object]]:
    query = plan_question(question, AS_OF, (), names).query
    assert query is not None, question
    return [(one.field, one.value) for one in query.filters]


def test_a_seller_is_known_by_name(names: Lexicon) -> None:
    assert filters("MRR da Ana Souza por segmento", names) == [("account_owner", "u1")]


def test_a_cluster_is_known_by_name(names: Lexicon) -> None:
    assert filters("Descreva o cluster Indústria de uso intenso", names) == [("cluster", 3)]


def test_half_a_name_is_asked_about(names: Lexicon) -> None:
    assert plan_question("MRR da Zulmira", AS_OF, (), names).action == "clarify"


def test_names_mend_nothing(names: Lexicon) -> None:
    assert plan_question("MRR da Anna Sousa", AS_OF, (), names).action == "clarify"
