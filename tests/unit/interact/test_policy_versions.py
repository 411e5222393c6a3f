"""A home keeps every policy it adopted; one that is wrong is refused, an old one comes back as it was."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from b2shift.interact.api import (
    adopt_policy,
    load_policy,
    policy_diff,
    policy_in_force,
    policy_versions,
    roll_back_policy,
)
from b2shift.kernel.errors import PolicyError, StateError, UnknownNameError

SOURCE = Path(__file__).parent / "good_policy.yaml"
NOW = datetime(2025, 3, 12, 10, 0, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    text = SOURCE.read_text(encoding="utf-8")
    one, two = tmp_path / "um.yaml", tmp_path / "dois.yaml"
    one.write_text(text, encoding="utf-8")
    two.write_text(
        text.replace('version: "1"', 'version: "2"').replace("priority: 70", "priority: 75"), encoding="utf-8"
    )
    return one, two


def test_without_any_the_product_own_is_in_force(tmp_path: Path) -> None:
    assert policy_in_force(tmp_path) == load_policy()
    assert policy_versions(tmp_path) == ()


def test_adopting_diffing_and_going_back(tmp_path: Path, files: tuple[Path, Path]) -> None:
    home = tmp_path / "home"
    for path in files:
        adopt_policy(home, path, NOW)
    assert policy_in_force(home).version == "2"
    assert [(one.number, one.in_force, one.adopted_at) for one in policy_versions(home)] == [
        (1, False, NOW),
        (2, True, NOW),
    ]
    assert [one.line for one in policy_diff(home, 1, 2)] == ["version: 1 → 2", "~ regra lojas.uso: priority: 70 → 75"]
    assert policy_diff(home, 2, 2) == ()
    assert "+ regra lojas.uso" in [one.line for one in policy_diff(home, 0, 1)]
    assert roll_back_policy(home, 1).in_force
    assert policy_in_force(home) == load_policy(files[0])
    assert [one.number for one in policy_versions(home)] == [1, 2], "nothing is lost"


def test_a_policy_with_findings_is_not_adopted(tmp_path: Path, files: tuple[Path, Path]) -> None:
    files[0].write_text(files[0].read_text(encoding="utf-8").replace("[lojas]", "[fabricas]"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"um\.yaml, linha 10: arquétipo sem regra: lojas"):
        adopt_policy(tmp_path / "home", files[0], NOW)
    assert policy_versions(tmp_path / "home") == ()


def test_unknown_versions_and_a_damaged_pointer_are_reported(tmp_path: Path, files: tuple[Path, Path]) -> None:
    home = tmp_path / "home"
    adopt_policy(home, files[0], NOW)
    with pytest.raises(UnknownNameError, match="versão da régua"):
        roll_back_policy(home, 7)
    (home / "policies" / "CURRENT").write_text("x")
    with pytest.raises(StateError, match="policy rollback"):
        policy_in_force(home)
