"""Declarations changed, deleted and put back: what the journal keeps, what is refused, what the next run follows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.identify.wizard.exports import company, deal, export

from b2shift.identify.api import (
    Lineages,
    delete_source,
    edit_source,
    ingest,
    own_declaration,
    propose_sources,
    source_changes,
    source_impact,
    undo_source_change,
    write_sources,
)
from b2shift.kernel.errors import InputError, SchemaError, UnknownNameError
from b2shift.lake.api import Lake, open_lake, writing

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
WHO = {"by": "ana@empresa.example", "at": AT}
FIRMS = export("firms.csv", "companies", [
    ("Account ID", "id", "customer_id"), ("Account Name", "name", "name"), ("Created Date", "since", "customer_since"),
], [company(i) for i in range(12)])  # fmt: skip
DEALS = {
    name: export(f"{name}.csv", "opportunities", [
        ("Opportunity ID", "id", "opportunity_id"), ("Account ID", "company_id", "customer_id"),
        ("Amount", "value", "value"), ("Stage", "stage", "stage"), ("Created Date", "created", "created_on"),
    ], [deal(i, "%Y-%m-%d", ".", ("open", "lost", "won")) for i in places])
    for name, places in (("deals-north", range(6)), ("deals-south", range(6, 12)))
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three declared sources, two of which fill one table."""
    drop = tmp_path / "drop"
    drop.mkdir()
    for one in (FIRMS, *DEALS.values()):
        (drop / one.file).write_bytes(one.content())
    write_sources(propose_sources(sorted(drop.iterdir())), tmp_path / "home")
    return tmp_path / "home"


def loaded(home: Path) -> Lake:
    with writing(home) as session:
        ingest(session, home.parent / "drop")
        session.commit(AT.date())
    return open_lake(home)


def rows(lake: Lake, table: str) -> int:
    return int(lake.query(f"SELECT count(*) AS n FROM {table}").to_pylist()[0]["n"])


def test_the_rows_of_a_deleted_source_leave_and_come_back_with_it(home: Path) -> None:
    first = loaded(home)
    assert rows(first, "opportunities") == 12
    use = source_impact(Lineages(first, home), home, "deals_south")
    assert (use.table, use.rows, use.files, use.others) == ("opportunities", 6, ("deals-south.csv",), ("deals_north",))
    assert not use.customers
    assert source_impact(None, home, "firms").customers
    delete_source(home, "deals_south", **WHO)
    second = loaded(home)
    assert rows(second, "opportunities") == 6
    assert not second.has("raw_deals_south")
    assert second.query("SELECT status FROM loads WHERE file = 'deals-south.csv'").to_pylist() == [
        {"status": "unknown"}
    ]
    delete_source(home, "deals_north", **WHO)
    assert rows(loaded(home), "opportunities") == 0
    for name in ("deals_north", "deals_south"):
        undo_source_change(home, name, **WHO)
    again = loaded(home)
    everything = "SELECT * FROM opportunities ORDER BY opportunity_id"
    assert again.query(everything).to_pylist() == first.query(everything).to_pylist()


def test_rows_follow_an_edit_to_another_table_and_a_table_of_its_own_goes(home: Path) -> None:
    loaded(home)
    text = str(own_declaration(home, "deals_south"))
    plain = text.replace("target: opportunities\n", "").split("derived:")[0]
    edit_source(home, "deals_south", plain, **WHO)
    lake = loaded(home)
    assert (rows(lake, "opportunities"), rows(lake, "deals_south")) == (6, 6)
    undo_source_change(home, "deals_south", **WHO)
    lake = loaded(home)
    assert rows(lake, "opportunities") == 12
    assert not lake.has("deals_south")


def test_an_edit_reaches_rows_whose_file_does_not_come_again(home: Path) -> None:
    first = loaded(home)
    text = str(own_declaration(home, "deals_south"))
    edit_source(home, "deals_south", text.replace("  Stage:\n    to: stage\n    kind: category\n", ""), **WHO)
    without = loaded(home)
    assert without.query("SELECT count(stage) AS n FROM opportunities").to_pylist() == [{"n": 6}]
    (home.parent / "drop" / "deals-south.csv").unlink()
    undo_source_change(home, "deals_south", **WHO)
    edit_source(home, "deals_south", text.replace("  Amount:", "  Unheard:\n    kind: text\n  Amount:"), **WHO)
    everything = "SELECT * FROM opportunities ORDER BY opportunity_id"
    assert loaded(home).query(everything).to_pylist() == first.query(everything).to_pylist()


def test_the_journal_keeps_every_text_and_an_undone_undo_stands_again(home: Path) -> None:
    text = str(own_declaration(home, "firms"))
    edit_source(home, "firms", text.replace("owner: a combinar", "owner: Vendas"), shown=text, **WHO)
    edited = own_declaration(home, "firms")
    undo_source_change(home, "firms", **WHO)
    assert own_declaration(home, "firms") == text
    undo_source_change(home, "firms", **WHO)
    assert own_declaration(home, "firms") == edited
    delete_source(home, "firms", **WHO)
    assert own_declaration(home, "firms") is None
    undo_source_change(home, "firms", **WHO)
    assert own_declaration(home, "firms") == edited
    told = source_changes(home, "firms")
    assert [one.kind for one in told] == ["restored", "deleted", "edited", "edited", "edited"]
    assert {one.by for one in told} == {"ana@empresa.example"}
    assert source_changes(home, "deals_north") == ()


@pytest.mark.parametrize(
    ("source", "wrong", "error"),
    [
        ("firms", lambda text: text.replace("kind: text", "kind: txt"), SchemaError),
        ("firms", lambda text: text.replace("target: companies", "target: company"), SchemaError),
        ("firms", lambda _: "a: [", SchemaError),
        ("firms", lambda text: text.replace("source: firms", "source: other"), InputError),
        ("tickets", lambda text: text, UnknownNameError),
        ("../firms", lambda text: text, UnknownNameError),
    ],
)
def test_a_wrong_edit_changes_nothing(home: Path, source: str, wrong, error) -> None:  # type: ignore[no-untyped-def]
    text = str(own_declaration(home, "firms"))
    with pytest.raises(error):
        edit_source(home, source, wrong(text), **WHO)
    assert own_declaration(home, "firms") == text
    assert source_changes(home) == ()


def test_what_changed_meanwhile_is_not_written_over(home: Path) -> None:
    text = str(own_declaration(home, "firms"))
    edit_source(home, "firms", text.replace("owner: a combinar", "owner: Vendas"), **WHO)
    with pytest.raises(InputError, match="enquanto"):
        edit_source(home, "firms", text, shown=text, **WHO)
    (home / "sources" / "firms.yaml").write_text(text.replace("owner: a combinar", "owner: Outra"), "utf-8")
    with pytest.raises(InputError, match="depois disso"):
        undo_source_change(home, "firms", **WHO)
    with pytest.raises(UnknownNameError):
        undo_source_change(home, "deals_north", **WHO)
