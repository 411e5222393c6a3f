"""The values of a policy that people change by themselves: read from its text, and written into it without a trace."""

import difflib
from pathlib import Path

import pytest

from b2shift.interact.api import limits_of, load_policy, policy_settings, policy_text, policy_with_settings

BARE = (Path(__file__).parent / "good_policy.yaml").read_text(encoding="utf-8")


def values(text: str) -> dict[str, object]:
    return {one.name: one.value for one in policy_settings(text)}


def lines(before: str, after: str) -> list[str]:
    told = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in told if line[0] in "+-" and line[:3] not in {"+++", "---"}]


def test_only_what_is_changed_is_written(tmp_path: Path) -> None:
    text = policy_text(tmp_path)
    wanted: dict[str, object] = {
        "limits.hours.first": 9, "limits.any_hour": ["portal"], "limits.approval_above": 7500.5, "caps.1.person_30d": 9,
    }  # fmt: skip
    after = policy_with_settings(text, wanted)
    assert lines(text, after) == [
        "-  - {group: pessoas, open_per_customer: 2, account_30d: 6, person_30d: 4}",
        "+  - {group: pessoas, open_per_customer: 2, account_30d: 6, person_30d: 9}",
        "-  any_hour: [in_app, portal]",
        "-  hours: {first: 8, last: 20}",
        "+  any_hour: [portal]",
        "+  hours: {first: 9, last: 20}",
        "-  approval_above: 10000",
        "+  approval_above: 7500.5",
    ]
    assert {name: values(after)[name] for name in wanted} == wanted
    assert policy_with_settings(text, values(text)) == text, "nothing changed, not a letter"


def test_a_text_without_limits_gets_the_products_own(tmp_path: Path) -> None:
    after = policy_with_settings(BARE, {"limits.account_7d": 4, "caps.0.account_30d": 8})
    policy = load_policy(_saved(tmp_path, after))
    assert limits_of(policy) == limits_of(load_policy()).model_copy(update={"account_7d": 4})
    assert policy.caps[0].account_30d == 8, "a field that was not written is"
    assert after.rstrip().endswith(BARE.rstrip().splitlines()[-1]), "rules stay the end of the text"


@pytest.mark.parametrize("written", ["  any_hour:\n    - in_app\n    - portal\n", "  any_hour:\n  - in_app\n"])
def test_lists_of_lines_are_written_as_one(tmp_path: Path, written: str) -> None:
    text = policy_text(tmp_path).replace("  any_hour: [in_app, portal]\n", written)
    after = policy_with_settings(text, {"limits.any_hour": ["sms"]})
    assert limits_of(load_policy(_saved(tmp_path, after))).any_hour == ("sms",)


def _saved(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "regua.yaml"
    path.write_text(text, encoding="utf-8")
    return path
