"""Deliveries between two, as the benchmark of loads makes them."""

from pathlib import Path

from benchmarks.loads import part_of


def test_a_part_of_the_change_leaves_the_other_lines_where_they_stood(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    head, lines = "KEY;VALUE\n", [f"K{number};1\n" for number in range(200)]
    for folder in (first, second):
        folder.mkdir()
    (first / "a.csv").write_text(head + "".join(lines))
    changed = [line.replace(";1", ";2") if number % 2 else line for number, line in enumerate(lines)]
    (second / "a.csv").write_text(head + "".join(changed))
    assert part_of(first, second, 0.0, tmp_path / "none") == 0
    assert (tmp_path / "none" / "a.csv").read_text() == (first / "a.csv").read_text()
    part_of(first, second, 1.0, tmp_path / "all")
    assert (tmp_path / "all" / "a.csv").read_text() == (second / "a.csv").read_text()
    share = part_of(first, second, 0.3, tmp_path / "some")
    some = (tmp_path / "some" / "a.csv").read_text().splitlines(keepends=True)[1:]
    assert 0 < share < 0.3
    assert [line.split(";")[0] for line in some] == [line.split(";")[0] for line in lines]
    assert sum(line.endswith(";2\n") for line in some) / 201 == share
