"""A person out of a home: every layer, every version, every byte; the others stay, and the person stays out."""

import shutil
from pathlib import Path

import pytest
from tests.unit.identify.privacy.small import (
    ANA,
    BROKEN,
    COMPANIES,
    HEAD,
    JOAO,
    LATER,
    PEOPLE,
    forget,
    found_in,
    planned,
    two_versions,
)
from tests.unit.identify.sources.small import deliver, write_small
from tests.unit.lake.test_crashes import Camera

from b2shift.identify.api import (
    ErasurePlan,
    PersonEraser,
    begin_erasure,
    erase_from_lake,
    finish_erasure,
    is_suppressed,
    pending_erasures,
    suppressions,
)
from b2shift.identify.privacy.redaction import REDACTED
from b2shift.kernel.errors import LakeBusyError, UnknownNameError
from b2shift.lake.api import kept_versions, open_lake, writing

WORDS = ("João Assunção", "Joao Assuncao", "joao.assuncao@padaria.example", "(27) 90000-5076", "529.982.247-25")


def test_every_byte_forgets_the_person_and_the_others_stay(tmp_path: Path) -> None:
    home = two_versions(tmp_path)
    assert len(found_in(home, *WORDS)) > 8, "the search finds what is there"
    forget(home)
    assert found_in(home, *WORDS) == []
    assert erase_from_lake(home, _plan_as_before(tmp_path)).files == 0, "again finds nothing"
    for version in (1, 2):
        lake = open_lake(home, version)
        people = lake.query("SELECT contact_id, name, email, phone FROM contacts ORDER BY 1").to_pylist()
        assert [one["contact_id"] for one in people] == ["K2", "K3"]
        assert {one["name"] for one in people} == {"Ana Souza"}
    assert pending_erasures(home) == ()


def test_a_line_whose_name_and_addresses_are_hurt_goes_by_its_code(tmp_path: Path) -> None:
    """Bytes of another encoding, a cut: what is left of the name is no name one could look for."""
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "drop", contatos=PEOPLE, empresas=COMPANIES))
    hurt = b"K1;TFAAA1;Jo\xe3o Assun\xe7\xe3;joao.assun\xe7\xe3cao@padaria.exam;(27) 90000-5\n"
    mistyped = b"K1 ;TFAAA1;Jo;joaoassuncao\n"
    told = (PEOPLE + JOAO).encode() + hurt + mistyped
    deliver(home, write_small(tmp_path / "drop", contatos=told, empresas=COMPANIES))
    assert len(found_in(home, "joao.assun", "90000-5")) > 3
    forget(home)
    assert found_in(home, "joao.assun", "joaoassuncao", "90000-5", "Sócio;") == []
    lines = open_lake(home, 2).query("SELECT value, delivered FROM rejects WHERE source = 'contatos'").to_pylist()
    assert lines
    assert {"delivered": REDACTED, "value": REDACTED} in lines
    assert all("K1" not in str(one) for one in lines)
    deliver(home, write_small(tmp_path / "drop", contatos=told.replace(b"Gerente", b"Diretora"), empresas=COMPANIES))
    assert found_in(home, "joao.assun", "joaoassuncao", "90000-5", "Sócio;") == [], "nor does it come back"


def _plan_as_before(tmp_path: Path) -> ErasurePlan:
    """The plan made in a home that still knows the person."""
    again = tmp_path / "again"
    again.mkdir()
    return planned(two_versions(again))


def test_what_is_somebody_elses_too_is_left(tmp_path: Path) -> None:
    home = two_versions(tmp_path)
    plan = forget(home, "contacts/K2")
    assert set(plan.shared) == {"Ana Souza", "(27) 3300-0000"}
    people = open_lake(home).query("SELECT contact_id, name, phone FROM contacts ORDER BY 1").to_pylist()
    assert people[1] == {"contact_id": "K3", "name": "Ana Souza", "phone": "(27) 3311-0000"}
    assert found_in(home, "ana@padaria.example") == []
    assert open_lake(home).query("SELECT phone FROM companies ORDER BY 1")["phone"][0].as_py() == "(27) 3300-0000"


def test_the_next_delivery_of_the_same_person_is_not_read_in(tmp_path: Path) -> None:
    home = two_versions(tmp_path)
    forget(home)
    for number, people in enumerate(
        (
            PEOPLE,
            HEAD + JOAO.replace("K1;", "K77;") + ANA,
            HEAD + JOAO.replace("joao.assuncao", "jassuncao") + ANA,
            HEAD + BROKEN + LATER + ANA,
        )
    ):
        drop = write_small(tmp_path / f"next{number}", contatos=people, empresas=COMPANIES)
        deliver(home, drop)
        assert "K2" in open_lake(home).query("FROM contacts")["contact_id"].to_pylist()
        assert found_in(home, *WORDS[:1], *WORDS[3:]) == [], f"delivery {number} brought the person back"
    assert is_suppressed(home, person_id="K1")
    assert is_suppressed(home, addresses=["Joao.Assuncao@padaria.example "])
    assert not is_suppressed(home, person_id="K2", addresses=["ana@padaria.example"])


def test_the_list_of_who_is_out_tells_nobody_who(tmp_path: Path) -> None:
    home = two_versions(tmp_path)
    forget(home)
    (entry,) = suppressions(home)
    assert (entry.by, entry.reason) == ("dpo@empresa.example", "pedido do titular")
    assert all(len(one) == 64 for one in entry.hashes)
    assert (home / "privacy/secret").stat().st_mode & 0o077 == 0


def test_an_unchanged_delivery_after_it_brings_no_change_but_what_depended_on_the_person(tmp_path: Path) -> None:
    home = two_versions(tmp_path)
    before = open_lake(home).query("FROM contract_lines").to_pylist()
    forget(home)
    drop = tmp_path / "drop"
    deliver(home, drop)
    assert open_lake(home).query("FROM contract_lines").to_pylist() == before
    assert not deliver(home, drop)[0]
    moved = open_lake(home).query("FROM changes").to_pylist()
    assert not [one for one in moved if one["kind"] == "withdrawn"], "an erased row is not told as one withdrawn"


def test_killed_at_any_moment_everything_reads_and_again_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, album = two_versions(tmp_path), tmp_path / "album"
    album.mkdir()
    plan = planned(home)
    with monkeypatch.context() as patched:
        Camera(home, album, patched)
        begin_erasure(home, plan)
        erase_from_lake(home, plan)
        finish_erasure(home, plan)
    shots, resumed = sorted(album.iterdir()), 0
    for shot in shots[:: max(1, len(shots) // 12)]:
        assert [len(open_lake(shot, one.version).query("FROM contacts")) for one in kept_versions(shot)], shot
        for left in pending_erasures(shot):
            erase_from_lake(shot, left)
            finish_erasure(shot, left)
            assert found_in(shot, *WORDS) == [], shot
            resumed += 1
    assert resumed
    assert found_in(shots[-1], *WORDS) == []


def test_nobody_of_that_code_and_a_busy_home_change_nothing(tmp_path: Path) -> None:
    home = two_versions(tmp_path)
    shutil.copytree(home, tmp_path / "before")
    with pytest.raises(UnknownNameError):
        planned(home, "contacts/K9")
    with pytest.raises(UnknownNameError, match="tabela de pessoas"):
        planned(home, "users/U1")
    plan = planned(home)
    begin_erasure(home, plan)
    with writing(home), pytest.raises(LakeBusyError):
        erase_from_lake(home, plan)
    assert pending_erasures(home) == (plan,), "it waits for whoever comes next"
    kept = list((home / "lake/tables").rglob("*.parquet"))
    assert {p.relative_to(home) for p in kept} == {
        p.relative_to(tmp_path / "before") for p in (tmp_path / "before/lake/tables").rglob("*.parquet")
    }


def test_what_names_the_person_by_their_code_goes_too(tmp_path: Path) -> None:
    home = two_versions(tmp_path)
    eraser = PersonEraser(home, planned(home))
    pair = {"contact_id": "K1", "same_as": "K9", "zone": "same"}
    assert eraser.edited("contact_links", pair) is None
    assert eraser.edited("contact_links", pair | {"contact_id": "K8", "same_as": "K1"}) is None
    assert eraser.edited("contact_links", pair | {"contact_id": "K2"}) == pair | {"contact_id": "K2"}
    assert "same_as" in str(eraser.looked_at("contact_links", {"contact_id": "VARCHAR", "same_as": "VARCHAR"}))
    assert eraser.edited("prospect_links", {"prospect_id": "K1", "same_as": "K1"}) == {
        "prospect_id": "K1",
        "same_as": "K1",
    }
