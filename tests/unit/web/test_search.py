"""Search: the same words in Python and in the lake, the same customers on both databases."""

from pathlib import Path

import duckdb
import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.web import factory

from b2shift.lake.api import open_lake, writing
from b2shift.web.crm import search as module
from b2shift.web.crm.migrations import _search_index
from b2shift.web.crm.models import Customer, Publication
from b2shift.web.crm.publication import publish_lake
from b2shift.web.crm.search import interpretations, search
from b2shift.web.crm.words import SQL, spellings, words_of, words_typed

ENGINE = duckdb.connect()
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


@given(WORDS)
@example("São João & Cia. Ltda")
@example("a\u0301\u0327\u200d é ﬁ ß ø İstanbul Ⅻ ² 株式会社")
@example("\u1100\u1161\u0301x")
def test_words_are_the_same_in_python_and_in_the_lake(text: str) -> None:
    told = ENGINE.execute(f"SELECT {SQL.format('$1')}", [text]).fetchone()
    assert told is not None
    assert told[0].split() == words_of(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("São João & Cia.", ["sao", "joao", "cia"]),
        ("  AÇO-FORJA\tLtda ", ["aco", "forja", "ltda"]),
        ("...!?", []),
        ("", []),
        ("3º andar", ["3", "andar"]),
        ("株式会社", []),
        ("rd.station", ["rd", "station"]),
    ],
)
def test_words_of_a_name(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("12.345.678/0001-90", ["12345678000190"]),
        ("12.ABC.345/01DE-35 padaria", ["12abc34501de35", "padaria"]),
        ("12.345.678", ["12345678"]),
        ("12.345.678/00", ["1234567800"]),
        ("12.345", ["12", "345"]),
        ("1234567000195 padaria", ["01234567000195", "padaria"]),
        ("1234567000108", ["1234567000108"]),
        ("rd.station", ["rd", "station"]),
        ("x" * 200, ["x" * 120]),
        (" ".join("abcdefghijklmnop"), list("abcdefghijkl")),
    ],
)
def test_words_of_a_search(typed: str, words: list[str]) -> None:
    assert words_typed(typed) == words


def test_neighbours_may_be_one_word() -> None:
    assert spellings(["belo", "horizonte"]) == [["belo", "horizonte"], ["belohorizonte"]]
    assert len(spellings(list("abcde"))) == 16
    assert spellings(list("abcdef")) == [list("abcdef")]


# ---------------------------------------------------------------- in the records


@pytest.fixture(autouse=True)
def of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search these as if they were too many to look at each."""
    monkeypatch.setattr(module, "FEW", 0)


def found(text: str) -> set[str]:
    return set(search(Customer.objects.all(), text).rows.values_list("customer_id", flat=True))


def expected(text: str) -> set[str]:
    """The definition, without an index: every word of some spelling, or what it is a slip of, starts a word."""
    words = words_typed(text)
    if not words:
        return set(Customer.objects.values_list("customer_id", flat=True))
    return {
        code
        for code, told in Customer.objects.values_list("customer_id", "search_text")
        if any(
            all(any(one.startswith(tuple(readings)) for one in told.split()) for readings in way)
            for way in interpretations(words)
        )
    }


PARTS = [
    "pad", "padaria", "São", "JOÃO", "joao", "aco", "Aço & Forja", "coracao", "são paulo", "belo horizonte", "horiz",
    "jund", "10", "1000", "c000", "10.001", "11.001.000/0001", "s.a.", "ltda", "müller", "zz", "-", "é", "or", "AND",
]  # fmt: skip


@pytest.mark.records
@settings(max_examples=80)
@given(text=st.lists(st.sampled_from(PARTS), max_size=4).map(" ".join) | st.text(max_size=12))
def test_the_index_finds_what_the_definition_says(published: Publication, text: str) -> None:
    assert found(text) == expected(text)
    assert set(search(Customer.objects.all(), text).walk.values_list("customer_id", flat=True)) == expected(text)


@pytest.mark.records
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("padaria sao joao", list(range(0, 60, 6))),
        ("PADARIA SÃO JOÃO", list(range(0, 60, 6))),
        (
            "belo horizonte visao",
            [i for i in range(60) if i % 4 == 1 and (i % 6 == 3 or (i % 3 == 0 and i // 3 % 6 == 3))],
        ),
        ("joao padaria sao 12", [12]),
        ("c00049", [49]),
        ("10017", [17]),
        ("27.017.000/0001-17", [17]),
        ("zzz", []),
    ],
)
def test_known_searches(published: Publication, text: str, rows: list[int]) -> None:
    assert found(text) == {f"C{row:05d}" if row % 10 == 9 else str(10000 + row) for row in rows}


@pytest.mark.records
def test_the_index_follows_every_change(published: Publication) -> None:
    one = Customer.objects.get(customer_id="10004")
    assert "10004" in found("grao para")
    Customer.objects.filter(pk=one.pk).update(search_text="10004 outro nome")
    assert "10004" not in found("grao para")
    assert found("outro nome") == {"10004"}
    Customer.objects.filter(pk=one.pk).update(mrr=1)
    assert found("outro nome") == {"10004"}
    Customer.objects.filter(pk=one.pk).delete()
    assert found("outro nome") == set()
    one.search_text, one.pk = "10004 de volta", None
    one.save()
    assert found("volta") == {"10004"}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO crm_customer_search(crm_customer_search) VALUES ('integrity-check')")


@pytest.mark.records
def test_the_index_is_there(published: Publication) -> None:
    """A later migration that rebuilds the table on SQLite must make the triggers again."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'crm_customer'")
            assert len(cursor.fetchall()) == len(_search_index.TRIGGERS) == 3
        assert "VIRTUAL TABLE INDEX" in search(Customer.objects.all(), "padaria").rows.explain()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows need no index; here we ask whether it serves
        assert "Bitmap Index Scan on crm_customer_search" in search(Customer.objects.all(), "padaria").rows.explain()


@pytest.mark.records
def test_of_a_portfolio_each_customer_is_looked_at(published: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Customer.objects.filter(owner=Customer.objects.exclude(owner=None).values("owner")[:1])
    by_index = set(search(mine, "padaria").rows.values_list("customer_id", flat=True))
    monkeypatch.setattr(module, "FEW", mine.count())
    looked_at = search(mine, "padaria").rows
    assert "crm_customer_search" not in looked_at.explain()
    assert set(looked_at.values_list("customer_id", flat=True)) == by_index
    monkeypatch.setattr(module, "FEW", mine.count() - 1)
    assert search(mine, "padaria").rows.query.sql_with_params() != looked_at.query.sql_with_params()


@pytest.mark.records
def test_names_without_any_letter_are_published_and_found_by_code(published: Publication, tmp_path: Path) -> None:
    odd = {"name": "['株式会社', '!!!', '', '  ', 'Ø''); --', chr(0) || 'nulo'][1 + i % 6]", "trade_name": "NULL"}
    cities = {"city": "['', '—', NULL][1 + i % 3]", "cnpj": "NULL"}
    with writing(tmp_path) as session:
        factory.stage_all(session, 12)
        factory.stage(session, factory.specs()["identify"], "customers", 12, factory.CUSTOMER | odd | cities)
        session.commit(factory.AS_OF)
    publish_lake(open_lake(tmp_path))
    assert Customer.objects.count() == 12
    for one in Customer.objects.all():
        assert one.search_text == one.search_text.strip()
        assert "  " not in one.search_text
        assert found(one.customer_id) == {one.customer_id}
    assert found("nulo") == {"10005", "10011"}
