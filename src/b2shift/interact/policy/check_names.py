"""Names: each one once, and only those that exist."""

from collections.abc import Collection, Iterable, Iterator

from b2shift.identify.api import product_units
from b2shift.identify.contracts import Units
from b2shift.interact.contracts import Category, Policy, Profile, Rule
from b2shift.interact.policy.problems import Problem
from b2shift.kernel.errors import near_names


def check(policy: Policy) -> Iterator[Problem]:
    """Duplicates, references to nothing, archetypes that match nothing or have no rule."""
    yield from _twice("rules", "id", (rule.id for rule in policy.rules), "duas regras com o mesmo código")
    yield from _twice("archetypes", "id", (a.id for a in policy.archetypes), "dois arquétipos com o mesmo código")
    yield from _twice("archetypes", "name", (a.name for a in policy.archetypes), "dois arquétipos com o mesmo nome")
    yield from _twice("caps", "group", (cap.group for cap in policy.caps), "dois limites para o mesmo grupo")
    yield from _twice("capacities", "role", (one.role for one in policy.capacities), "duas capacidades do mesmo papel")
    yield from _twice("themes", None, policy.themes, "tema repetido")
    yield from _references(policy)
    yield from _archetypes(policy)


def check_units(policy: Policy, house: Units) -> Iterator[Problem]:
    """Units that are neither of the house nor of the product.

    The product's are known everywhere: where a house has others, rules for them reach nobody.
    """
    units = [*dict.fromkeys((*house.keys, *product_units().keys))]
    for index, rule in enumerate(policy.rules):
        for position, key in enumerate(rule.audience.business_units):
            if key not in units:
                path = ("rules", index, "audience", "business_units", position)
                yield Problem(path, "unidade de negócio desconhecida", key, _known(units))
    if policy.limits and policy.limits.credit_unit not in units:
        value = policy.limits.credit_unit
        yield Problem(("limits", "credit_unit"), "unidade de negócio desconhecida", value, _known(units))


def rules_reaching_nobody(policy: Policy, units: Collection[str]) -> tuple[Rule, ...]:
    """The rules of a policy that look only at business units which are not among these."""
    asking = (rule for rule in policy.rules if rule.audience.business_units)
    return tuple(rule for rule in asking if not set(rule.audience.business_units) & set(units))


def _known(units: Collection[str]) -> str:
    return f"As que existem: {', '.join(units)}"


def _twice(section: str, field: str | None, names: Iterable[str], what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            path = (section, index) if field is None else (section, index, field)
            yield Problem(path, what, name, "Cada um precisa do seu")
        seen.add(name)


def _references(policy: Policy) -> Iterator[Problem]:
    archetypes = [archetype.id for archetype in policy.archetypes]
    groups = [cap.group for cap in policy.caps]
    for index, rule in enumerate(policy.rules):
        for position, name in enumerate(rule.audience.archetypes):
            if name not in archetypes:
                location = ("rules", index, "audience", "archetypes", position)
                yield Problem(location, "arquétipo desconhecido", name, near_names(name, archetypes))
        if rule.theme not in policy.themes:
            yield Problem(
                ("rules", index, "theme"), "tema desconhecido", rule.theme, near_names(rule.theme, policy.themes)
            )
        if rule.cap_group not in groups:
            path = ("rules", index, "cap_group")
            yield Problem(path, "grupo de limite desconhecido", rule.cap_group, near_names(rule.cap_group, groups))
        seen = set()
        for position, channel in enumerate(rule.channels):
            if channel in seen:
                yield Problem(("rules", index, "channels", position), "canal repetido", channel.value)
            seen.add(channel)


def _archetypes(policy: Policy) -> Iterator[Problem]:
    named = {name for rule in policy.rules for name in rule.audience.archetypes}
    for index, archetype in enumerate(policy.archetypes):
        if archetype.profile == Profile():
            path = ("archetypes", index, "profile")
            yield Problem(path, "o perfil está vazio e não combina com segmento nenhum", hint="Diga ao menos um traço")
        if archetype.id not in named:
            path, hint = ("archetypes", index, "id"), "Escreva ao menos uma para ele"
            yield Problem(path, "arquétipo sem regra", archetype.id, hint, Category.SEM_REGRA)
