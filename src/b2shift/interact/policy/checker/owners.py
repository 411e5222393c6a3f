"""Rules whose owner role has nobody in it."""

from collections.abc import Iterator

from b2shift.interact.contracts import Category, Policy
from b2shift.interact.policy.problems import Problem


def check(policy: Policy) -> Iterator[Problem]:
    """Every rule's role among those with people, when the policy counts its people."""
    staffed = {one.role for one in policy.capacities if one.people}
    for index, rule in enumerate(policy.rules):
        if policy.capacities and rule.owner_role not in staffed:
            hint = "Ponha pessoas no papel em capacities ou dê a regra a outro papel"
            path, what = ("rules", index, "owner_role"), "o papel responsável não tem ninguém"
            yield Problem(path, what, rule.owner_role.value, hint, Category.SEM_RESPONSAVEL)
