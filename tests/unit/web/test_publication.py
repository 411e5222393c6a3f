"""Copying the lake into the records: all of a version or nothing, only what changed, the same on both databases."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.unit.web import factory

from b2shift.lake.api import open_lake, writing
from b2shift.web.crm import publication
from b2shift.web.crm.bulk import columns_of
from b2shift.web.crm.models import (
    Customer,
    Load,
    Proposal,
    Publication,
    QualityCount,
    Segment,
    SegmentModel,
    VendorUser,
)
from b2shift.web.crm.projections import PROJECTIONS
from b2shift.web.crm.publication import publish_lake

pytestmark = [pytest.mark.records, pytest.mark.django_db]

COUNTS = {
    "vendoruser": 8, "segment": 3, "segmenttrait": 9, "segmentmodel": 6, "scorecard": 1, "customer": 60, "proposal": 30,
    "nextaction": 30, "actionlimit": 2,
    "contactrule": 2, "qualitycount": 2, "load": 3, "searchword": 16, "searchform": 99,
}  # fmt: skip
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A lake like the factory's with that many customers, and other expressions for some of their columns."""

    def make(home: str = "other", rows: int = 60, **changed: str) -> Path:
        with writing(tmp_path / home) as session:
            factory.stage_all(session, rows)
            if changed:
                told = factory.specs()["identify"]
                factory.stage(session, told, "customers", rows, factory.CUSTOMER | changed)
            session.commit(factory.AS_OF)
        return tmp_path / home

    return make


def state() -> dict[str, list[tuple[Any, ...]]]:
    """Every record, automatic keys included."""
    return {p.table: list(p.model._default_manager.order_by("pk").values_list()) for p in PROJECTIONS}


def test_every_table_is_copied(published: Publication) -> None:
    assert published.counts == COUNTS
    assert published.changed == COUNTS
    assert (published.lake_version, published.as_of) == (1, date(2026, 10, 31))
    for projection in PROJECTIONS:
        assert projection.model._default_manager.count() == COUNTS[str(projection.model._meta.model_name)]


def test_values_arrive_as_they_are_in_the_lake(published: Publication) -> None:
    one = Customer.objects.get(customer_id="10017")
    assert one.name == "JOSÉ Müller ME 17 S.A."
    assert one.name_folded == "jose muller me 17 s a"
    assert one.search_text == "10017 17 27017000000117 a belohorizonte jose me muller s"
    assert one.units_key == "|rd_station|totvs_gestao|"
    assert one.business_units == ["rd_station", "totvs_gestao"]
    assert one.mrr == Decimal("3462.30")
    assert one.contract_total == Decimal("212.5000")
    assert one.tenure_years == pytest.approx(17 / 365.25, abs=0)
    assert one.customer_since == date(2026, 10, 14)
    assert one.cnpj_valid is True
    assert one.owner_id is not None
    assert one.owner is not None
    assert (one.owner_id, one.owner.name) == ("U0007", "Hugo Prado")
    assert (one.segment_id, one.segment_name, one.due_contacts) == ("s2", "Serviços em risco", 1)
    assert one.health is None, "not a number is not a health"
    assert one.nps_shrunk is False
    assert one.reasons[0]["points"] == 0.7
    assert one.migrated_from == ""
    assert Customer.objects.get(customer_id="C00059").due_contacts == 0
    proposal = Proposal.objects.get(proposal_id="p_5")
    assert proposal.channels == ["email", "telefone"]
    assert proposal.blocked == "Sem consentimento em nenhum canal"
    assert Proposal.objects.get(proposal_id="p_6").blocked is None
    assert QualityCount.objects.get(kind="duplicate_row").column == ""
    assert Load.objects.get(file="tickets0.csv").rows_rejected == 3
    assert VendorUser.objects.get(user_id="U0007").active is False


def test_the_same_version_again_writes_nothing(published: Publication, lake_home: Path) -> None:
    before = state()
    with CaptureQueriesContext(connection) as told:
        assert publish_lake(open_lake(lake_home)) == COUNTS
    assert state() == before
    assert Publication.objects.get() == published
    writes = [
        one["sql"] for one in told.captured_queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE", "COPY"))
    ]
    assert not writes


def test_only_changed_rows_are_written(published: Publication, write: Write) -> None:
    before = {one.customer_id: one for one in Customer.objects.all()}
    publish_lake(open_lake(write(name=f"CASE WHEN i = 17 THEN 'Outro Nome' ELSE {factory.CUSTOMER['name']} END")))
    newest = Publication.objects.first()
    assert newest is not None
    assert newest.changed == {"customer": 1, "searchword": 2, "searchform": 11}
    after = {one.customer_id: one for one in Customer.objects.all()}
    assert after["10017"].name == "Outro Nome"
    assert {code for code, one in after.items() if one.row_hash != before[code].row_hash} == {"10017"}
    assert {code: one.pk for code, one in after.items()} == {code: one.pk for code, one in before.items()}


def test_what_vanished_from_the_lake_vanishes_here(published: Publication, write: Write) -> None:
    publish_lake(open_lake(write(rows=40)))
    assert set(Customer.objects.values_list("customer_id", flat=True)) == {
        f"C{row:05d}" if row % 10 == 9 else str(10000 + row) for row in range(40)
    }
    assert set(Proposal.objects.values_list("proposal_id", flat=True)) == {f"p_{row}" for row in range(20)}
    newest = Publication.objects.first()
    assert newest is not None
    # Rows 20 to 29 stay but lose their contact due; the segments tell another number of customers.
    assert newest.changed == {"customer": 20 + 10, "proposal": 10, "nextaction": 10, "segment": 3}


def test_a_table_the_version_does_not_have_is_emptied(published: Publication, tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        factory.stage(session, factory.specs()["identify"], "customers", 60, factory.CUSTOMER)
        session.commit(factory.AS_OF)
    assert publish_lake(open_lake(tmp_path)) == dict.fromkeys(COUNTS, 0) | {
        "customer": 60, "searchword": 16, "searchform": 99,
    }  # fmt: skip
    assert not Segment.objects.exists()
    assert not Proposal.objects.exists()
    one = Customer.objects.get(customer_id="10017")
    assert (one.segment_id, one.churn_90d, one.due_contacts, one.reasons) == (None, None, 0, [])


ODD = {
    "name": "['a' || chr(0) || 'b', repeat('x', 300), '\\N', 'tab' || chr(9) || chr(10), '\"; DROP', '😀', '']"
    "[1 + i % 7]",
    "trade_name": "''''",
    "mrr": "9999999999999.99 * (i % 2)",
    "contract_total": "-0.00005",
    "tenure_years": "['nan'::DOUBLE, 'inf'::DOUBLE, '-inf'::DOUBLE, 1e-300, 0.1][1 + i % 5]",
    "families": "CASE WHEN i % 2 = 0 THEN ['\"', '\\', 'é'] END",
    "owner_id": "'nobody'",
}


def test_odd_values_are_kept_or_become_what_the_column_can_hold(published: Publication, write: Write) -> None:
    publish_lake(open_lake(write(rows=14, **ODD)))
    assert {one.name for one in Customer.objects.all()} == {"ab", "x" * 255, "\\N", "tab\t\n", '"; DROP', "😀", ""}
    assert {one.trade_name for one in Customer.objects.all()} == {"'"}
    assert {one.mrr for one in Customer.objects.all()} == {Decimal("9999999999999.99"), Decimal("0.00")}
    assert {one.contract_total for one in Customer.objects.all()} <= {Decimal("-0.0001"), Decimal("0.0000")}
    assert {one.tenure_years for one in Customer.objects.all()} == {None, 1e-300, 0.1}
    assert {tuple(one.families) for one in Customer.objects.all()} == {('"', "\\", "é"), ()}
    assert {one.owner_id for one in Customer.objects.all()} == {"nobody"}
    assert [one.owner for one in Customer.objects.select_related("owner")] == [None] * 14
    again = state()
    publish_lake(open_lake(write(rows=14, **ODD)))
    assert state() == again


def test_the_columns_of_every_record_are_published(published: Publication) -> None:
    """A column added to a model without a source in the lake would stop the publication."""
    for projection in PROJECTIONS:
        names = {field.column for field in columns_of(projection)}
        assert "row_hash" in names
        assert set(projection.key) <= names
        assert set(projection.expressions) <= names


def test_progress_is_told_from_none_to_all(published: Publication, lake_home: Path) -> None:
    told: list[tuple[float, float]] = []
    publish_lake(open_lake(lake_home), progress=lambda _stage, done, total, _note="": told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == 2 * len(PROJECTIONS)
    assert [done for done, _total in told] == sorted(done for done, _total in told)


def test_an_error_in_the_middle_leaves_the_previous_state(
    published: Publication, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state()
    copied = publication.bulk.copy

    def fail(projection: Any, rows: Any) -> Any:
        if projection.table == "proposals":
            raise RuntimeError("out of disk")
        return copied(projection, rows)

    monkeypatch.setattr(publication.bulk, "copy", fail)
    with pytest.raises(RuntimeError, match="out of disk"):
        publish_lake(open_lake(write(rows=40, name="'Outro'")))
    assert state() == before
    assert Publication.objects.get() == published


def test_a_lake_written_before_a_column_existed_is_published_without_it(tmp_path: Path) -> None:
    with writing(tmp_path / "older") as session:
        factory.stage_all(session, 60)
        spec = factory.specs()["differentiate"]["segment_models"]
        older = spec.model_copy(update={"columns": tuple(c for c in spec.columns if c.name != "representation")})
        session.write(older, "SELECT * EXCLUDE (representation) FROM segment_models")
        session.commit(factory.AS_OF)
    publish_lake(open_lake(tmp_path / "older"))
    assert set(SegmentModel.objects.values_list("representation", flat=True)) == {""}
