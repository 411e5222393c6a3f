"""A delivery is a folder or a zip; a hostile zip is refused before anything is written."""

import zipfile
from pathlib import Path

import pytest
from tests.unit.identify.sources.small import deliver, write_small

from b2shift.identify.external import build as external
from b2shift.identify.sources.delivery import files_below, open_delivery
from b2shift.kernel.errors import DropError, SourceError


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_folder_gives_its_files_not_its_folders(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("b")
    (tmp_path / "a.csv").write_text("a")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "_truth").mkdir()
    (tmp_path / "_truth" / "defects.csv").write_text("never read")
    assert [file.name for file in open_delivery(tmp_path)] == ["a.csv", "b.csv"]


def test_the_sign_changes_with_the_content(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("one")
    first = open_delivery(tmp_path)[0]
    assert open_delivery(tmp_path)[0].sign == first.sign
    file.write_text("two")
    second = open_delivery(tmp_path)[0]
    assert second.sign != first.sign


def test_a_zip_of_a_folder_is_as_good_as_its_files(tmp_path: Path) -> None:
    archive = packed(tmp_path / "e.zip", {"entrega/a.csv": b"K\n1\n", "entrega/_truth/defects.csv": b"x"})
    (file,) = open_delivery(archive)
    assert file.name == "a.csv"
    assert file.opened(tmp_path / "scratch").read_bytes() == b"K\n1\n"


@pytest.mark.parametrize("folder", ["entrega", "Entrega de março"])
def test_a_zip_that_a_mac_made_of_a_folder_is_read(tmp_path: Path, folder: str) -> None:
    inside = (
        f"{folder}/a.csv",
        "__MACOSX/._" + folder,
        f"__MACOSX/{folder}/._a.csv",
        ".DS_Store",
        f"{folder}/.DS_Store",
    )
    archive = packed(tmp_path / "e.zip", dict.fromkeys(inside, b"K\n1\n"))
    assert [file.name for file in open_delivery(archive)] == ["a.csv"]


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv"])
def test_a_zip_cannot_write_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(DropError, match="fora da pasta"):
        open_delivery(packed(tmp_path / "e.zip", {name: b"x"}))


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DropError, match="cresce demais"):
        open_delivery(packed(tmp_path / "e.zip", {"tickets.csv": b"a" * 50_000_000}))


def test_a_member_with_a_password_says_so(tmp_path: Path) -> None:
    archive = packed(tmp_path / "e.zip", {"a.csv": b"K\n1\n"})
    raw = bytearray(archive.read_bytes())
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    raw[6] |= 1
    archive.write_bytes(raw)
    (file,) = open_delivery(archive)
    with pytest.raises(SourceError, match="tem senha"):
        file.opened(tmp_path / "scratch")


def test_a_zip_with_two_files_of_one_name_is_refused(tmp_path: Path) -> None:
    archive = packed(tmp_path / "e.zip", {"a.csv": b"K\n1\n"})
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("a.csv", b"K\n2\n")
    with pytest.raises(DropError, match=r"mesmo nome: a\.csv"):
        open_delivery(archive)


def test_files_nobody_declared_cost_little_however_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    known = external.indicators
    monkeypatch.setattr(external, "indicators", lambda home: (asked.append(home), known(home))[1])
    others = {f"nota_{n}.csv": "a;b\n1;2\n" for n in range(40)}
    _, answers = deliver(
        tmp_path / "home", write_small(tmp_path / "drop", **others), "FROM loads WHERE status = 'unknown'"
    )
    assert len(answers[0]) == 40
    assert len(asked) <= 3, "declarations are read for the delivery, not for each of its files"


def test_a_damaged_member_costs_its_source_only(tmp_path: Path) -> None:
    archive = packed(tmp_path / "e.zip", {"a.csv": bytes(range(256)) * 40})
    raw = bytearray(archive.read_bytes())
    raw[60] ^= 0xFF
    archive.write_bytes(bytes(raw))
    with pytest.raises(SourceError, match="danificado"):
        open_delivery(archive)[0].opened(tmp_path / "scratch")


def test_what_is_no_delivery_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    (tmp_path / "plain.txt").write_text("x")
    for path, what in (
        (tmp_path / "nowhere", "não existe"),
        (tmp_path / "empty", "está vazia"),
        (tmp_path / "outer", "Os arquivos estão em inner"),
        (tmp_path / "plain.txt", "não é uma pasta nem um zip"),
    ):
        with pytest.raises(DropError, match=what):
            open_delivery(path)


def test_a_link_out_of_the_folder_is_refused_and_one_within_is_a_file(tmp_path: Path) -> None:
    drop, elsewhere = tmp_path / "drop", tmp_path / "secret.csv"
    drop.mkdir()
    elsewhere.write_text("a;b\n")
    (drop / "2025.csv").write_text("a;b\n")
    (drop / "mrr.csv").symlink_to("2025.csv")
    (tmp_path / "today").symlink_to(drop)
    assert [file.name for file in open_delivery(tmp_path / "today")] == ["2025.csv", "mrr.csv"]
    for target in (elsewhere, tmp_path / "nowhere.csv"):
        (drop / "tickets.csv").unlink(missing_ok=True)
        (drop / "tickets.csv").symlink_to(target)
        with pytest.raises(DropError, match="atalho para fora da pasta") as refused:
            open_delivery(drop)
        assert refused.value.value == "tickets.csv"


@pytest.mark.parametrize("zipped", [False, True])
def test_files_below_others_are_reported(tmp_path: Path, zipped: bool) -> None:
    drop, home = write_small(tmp_path / "drop"), tmp_path / "drop" / "casa"
    for place in ("velho/tickets.csv", "velho/2023/nps.csv", "_truth/defects.csv", "velho/.DS_Store"):
        (drop / place).parent.mkdir(parents=True, exist_ok=True)
        (drop / place).write_text("a;b\n")
    asked = drop
    if zipped:
        asked = tmp_path / "e.zip"
        files = {f"entrega/{one.relative_to(drop)}": one.read_bytes() for one in drop.rglob("*") if one.is_file()}
        packed(asked, files | {"outra/x.csv": b"a;b\n"})
    for _ in range(2):
        _, (told,) = deliver(home, asked, "SELECT file, bytes, message FROM loads WHERE status = 'unknown'")
        assert [(one["file"], one["bytes"]) for one in told] == [("outra/", 4)] * zipped + [("velho/", 8)]
        assert "(2: 2023/nps.csv, tickets.csv)" in told[-1]["message"]
    assert files_below(tmp_path / "drop" / "velho" / "2023") == []
