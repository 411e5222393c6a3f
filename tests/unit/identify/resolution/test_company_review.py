"""Pairs side by side, answers and what became of them, companies of several records and taking one out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.identify.refined import SPECS
from tests.unit.identify.resolution.population import AS_OF, resolved

from b2shift.identify.api import (
    answered_pairs,
    decide_link,
    merged_companies,
    pending_pairs,
    resolve,
    same_company_pairs,
    unmerge_company,
)
from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake, open_lake, writing

NOW = datetime(2025, 4, 1, tzinfo=UTC)


def run_again(home: Path) -> Lake:
    with writing(home) as session:
        resolve(session)
        session.commit(AS_OF)
    return open_lake(home)


def test_merged_companies_name_their_customer_and_every_prospect(tmp_path: Path) -> None:
    lake = resolved(tmp_path)
    page = merged_companies(lake, limit=10)
    assert page.total == 4
    prospects = {one.entity: [record.id for record in one.prospects] for one in page.companies}
    assert prospects == {
        "C00007": ["P90002"],
        "C00008": ["P90003"],
        "P00300": ["P00300", "P90000"],
        "P00301": ["P00301", "P90001"],
    }
    [only] = merged_companies(lake, limit=10, customer="C00007").companies
    assert only.customer is not None
    assert only.customer.name == only.prospects[0].name
    assert merged_companies(lake, limit=1, offset=1).companies == page.companies[1:2]


def test_taking_a_record_out_parts_it_and_the_undo_joins_it_again(tmp_path: Path) -> None:
    lake = resolved(tmp_path)
    [pair] = same_company_pairs(lake, tmp_path, "C00007")
    assert pair.start + sum(one.points for one in pair.evidence) == pytest.approx(pair.points)
    rejections = unmerge_company(lake, tmp_path, "C00007", "P90002", "ana@empresa.example", NOW)
    assert [(one.prospect_id, one.same_as, one.answer) for one in rejections] == [("P90002", "C00007", Answer.REJECTED)]
    [answered] = answered_pairs(lake, tmp_path, limit=5).pairs
    assert (answered.applied, answered.zone) == (False, "same")
    lake = run_again(tmp_path)
    assert "C00007" not in {one.entity for one in merged_companies(lake, limit=10).companies}
    [answered] = answered_pairs(lake, tmp_path, limit=5).pairs
    assert (answered.applied, answered.zone, answered.probability) == (True, "other", 0.0)
    undo = LinkDecision(prospect_id="P90002", same_as="C00007", answer=Answer.OPEN, by="ana@empresa.example", at=NOW)
    decide_link(lake, tmp_path, undo)
    lake = run_again(tmp_path)
    assert merged_companies(lake, limit=10).total == 4
    assert answered_pairs(lake, tmp_path, limit=5).total == 0


def test_what_is_not_in_a_company_cannot_be_taken_out(tmp_path: Path) -> None:
    lake = resolved(tmp_path)
    with pytest.raises(UnknownNameError):
        unmerge_company(lake, tmp_path, "C00007", "P90000", "ana@empresa.example", NOW)
    assert not (tmp_path / "decisions").exists()


def test_an_answered_pair_waits_no_more(tmp_path: Path) -> None:
    resolved(tmp_path)
    with writing(tmp_path) as session:
        sure = "zone = 'same' AND same_as = 'C00007'"
        session.write(
            SPECS["prospect_links"], f"FROM (SELECT * REPLACE ('doubt' AS zone) FROM prospect_links WHERE {sure})"
        )
        session.commit(AS_OF)
    lake = open_lake(tmp_path)
    [pair] = pending_pairs(lake, tmp_path, limit=50).pairs
    assert (pair.one.id, pair.other.id) == ("P90002", "C00007")
    decision = LinkDecision(prospect_id=pair.one.id, same_as=pair.other.id, answer=Answer.ACCEPTED, by="a", at=NOW)
    decide_link(lake, tmp_path, decision)
    assert pending_pairs(lake, tmp_path, limit=50).total == 0
    assert [one.decision for one in answered_pairs(lake, tmp_path, limit=50).pairs] == [decision]
