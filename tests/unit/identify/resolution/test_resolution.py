"""Prospects against customers and one another: zones, reasons, people's answers, the duplicate warning."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.identify.resolution.population import AS_OF, CUSTOMERS, EXTRA, NEW, resolved

from b2shift.identify.api import (
    decide_link,
    evaluate_resolution,
    possible_duplicates,
    prospect_links,
    resolution_report,
    resolve,
)
from b2shift.identify.contracts import Answer, LinkDecision, TypedCompany
from b2shift.kernel.errors import StateError, UnknownNameError
from b2shift.lake.api import Lake, open_lake, writing


def entities(lake: Lake) -> dict[str, dict[str, Any]]:
    return {row["prospect_id"]: row for row in lake.query("SELECT * FROM prospect_entities").to_pylist()}


def decision(prospect: str, other: str, answer: Answer) -> LinkDecision:
    return LinkDecision(
        prospect_id=prospect,
        same_as=other,
        answer=answer,
        by="ana@empresa.example",
        at=datetime(2025, 4, 1, tzinfo=UTC),
    )


def test_respelled_records_are_one_company_and_others_are_not(tmp_path: Path) -> None:
    lake = resolved(tmp_path)
    found = entities(lake)
    assert found["P90000"]["entity_id"] == found["P00300"]["entity_id"] == "P00300"
    assert found["P90001"]["entity_id"] == "P00301"
    assert found["P90002"]["customer_id"] == "C00007"
    assert found["P90003"]["customer_id"] == "C00008"
    report = resolution_report(lake)
    assert (report.prospects, report.companies, report.already_customers, report.repeated) == (104, 102, 2, 2)


def test_every_pair_tells_its_reasons_and_they_add_up(tmp_path: Path) -> None:
    lake = resolved(tmp_path)
    [link, *_] = prospect_links(lake, "P90003")
    assert (link.kind, link.id, link.zone) == ("customer", "C00008", "same")
    assert {e.evidence: e.level for e in link.evidence} == {"name": "slip", "legal_form": "same", "city": "same"}
    [share] = lake.query("SELECT DISTINCT share FROM resolution_weights WHERE same_as_kind = 'customer'").to_pylist()
    prior = (share["share"] / (1 - share["share"])) * 2 ** sum(e.points for e in link.evidence)
    assert prior == pytest.approx(2**link.points)
    with pytest.raises(UnknownNameError, match="prospect"):
        prospect_links(lake, "P12345")


def test_a_person_decides_and_takes_it_back(tmp_path: Path) -> None:
    lake = resolved(tmp_path)
    with pytest.raises(UnknownNameError, match="P90002"):
        decide_link(lake, tmp_path, decision("P90002", "C00299", Answer.ACCEPTED))
    decide_link(lake, tmp_path, decision("P90002", "C00007", Answer.REJECTED))
    after = resolved(tmp_path)
    assert entities(after)["P90002"]["customer_id"] is None
    [link] = [one for one in prospect_links(after, "P90002") if one.id == "C00007"]
    assert (link.zone, link.probability, link.decided_by) == ("other", 0, "ana@empresa.example")
    decide_link(after, tmp_path, decision("P90002", "C00007", Answer.OPEN))
    assert entities(resolved(tmp_path)) == entities(lake)


@pytest.mark.parametrize(("one", "other", "prospect"), [("P00300", "P90000", "P90000"), ("P90002", "C00007", "P90002")])
def test_an_answer_holds_when_the_record_changes_and_can_be_taken_back_then(
    tmp_path: Path, one: str, other: str, prospect: str
) -> None:
    renamed = {"name": "Xisto Yzwq Kappa", "city": "MARILIA"}
    changed = [*NEW, *(row | renamed if row["prospect_id"] == prospect else row for row in EXTRA)]
    apart = entities(resolved(tmp_path / "never", changed))
    lake = resolved(tmp_path / "home")
    decide_link(lake, tmp_path / "home", decision(one, other, Answer.ACCEPTED))
    lake = resolved(tmp_path / "home", changed)
    assert entities(lake)[prospect]["entity_id"] == min(one, other)
    decide_link(lake, tmp_path / "home", decision(one, other, Answer.OPEN))
    assert entities(resolved(tmp_path / "home", changed)) == apart


def test_the_order_of_rows_changes_nothing_and_a_second_run_computes_nothing(tmp_path: Path) -> None:
    one, other = resolved(tmp_path / "a"), resolved(tmp_path / "b", list(reversed(NEW + EXTRA)))
    text = "SELECT * FROM prospect_links ORDER BY ALL"
    assert one.query(text).equals(other.query(text))
    with writing(tmp_path / "a") as session:
        resolve(session)
        assert not session.recomputed("resolution")


def test_a_company_being_typed_is_warned_of(tmp_path: Path) -> None:
    lake = resolved(tmp_path)
    typed = TypedCompany(
        name=CUSTOMERS[20]["name"].upper().replace(" LTDA", ""), city=CUSTOMERS[20]["city"], state="SP"
    )
    assert possible_duplicates(lake, typed)[0].id == "C00020"
    assert possible_duplicates(lake, TypedCompany(name="Padaria Nunca Vista Xyzw", city="CAMPINAS", state="SP")) == ()
    assert possible_duplicates(lake, TypedCompany()) == ()


def test_a_cnpj_typed_alone_or_beside_another_name_is_warned_of(tmp_path: Path) -> None:
    lake, known = resolved(tmp_path), CUSTOMERS[20]
    assert [one.id for one in possible_duplicates(lake, TypedCompany(cnpj=known["cnpj"]))] == ["C00020"]
    [link] = possible_duplicates(lake, TypedCompany(name="Cantina Xyzw da Esquina", cnpj=known["cnpj"].lower()))
    assert (link.id, link.zone) == ("C00020", "doubt")


def test_without_prospects_there_is_nothing_to_resolve(tmp_path: Path) -> None:
    lake = resolved(tmp_path, [])
    assert resolution_report(lake).prospects == 0


def test_a_version_before_resolution_says_so(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        session.commit(AS_OF)
    lake = open_lake(tmp_path)
    with pytest.raises(StateError, match="b2shift run"):
        resolution_report(lake)
    assert possible_duplicates(lake, TypedCompany(name="Aurora")) == ()


def test_every_prospect_of_a_new_customer_is_it_though_the_truth_names_one(tmp_path: Path) -> None:
    """As the truth of later deliveries does."""
    lake = resolved(tmp_path, [*NEW, *EXTRA, EXTRA[2] | {"prospect_id": "P90004"}])
    assert {entities(lake)[one]["customer_id"] for one in ("P90002", "P90004")} == {"C00007"}
    (tmp_path / "_truth").mkdir()
    told = ["prospect_id,entity,existing_customer", "P90002,7,C00007", "P90004,7,", "P90003,8,C00008"]
    (tmp_path / "_truth" / "prospects.csv").write_text("\n".join(told) + "\n", encoding="utf-8")
    customers = evaluate_resolution(lake, tmp_path)[0]
    assert (customers.true_pairs, customers.told_pairs, customers.right_pairs) == (3, 3, 3)
