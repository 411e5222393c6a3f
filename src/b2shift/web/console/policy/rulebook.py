"""The rules by whom they serve, with the segments each governs and the due contacts this person sees of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.formats import number
from b2shift.web.console.wording import shipped
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.catalogue import visible_rules
from b2shift.web.crm.models import ContactRule, Segment
from b2shift.web.crm.reading import visible_proposals, visible_segments


@dataclass(frozen=True)
class RuleRow:
    """A rule; `due` counts the contacts this person sees (None: they see none of anybody), `audience` the base's."""

    rule: ContactRule
    due: int | None
    audience: int | None


@dataclass(frozen=True)
class Chapter:
    """The rules that serve the same customers: `archetypes` in full (none: any), and the segments those govern."""

    served: str
    archetypes: list[str]
    segments: list[Segment]
    rows: list[RuleRow]

    @property
    def title(self) -> str:
        """Whom the rules serve."""
        if not self.archetypes:
            return _("Todos os clientes") if self.served in {"", "Todos"} else self.served[:1].upper() + self.served[1:]
        if len(self.archetypes) == 1:
            return self.archetypes[0]
        return _("Comuns a %(count)s arquétipos") % {"count": len(self.archetypes)}

    @property
    def anchor(self) -> str:
        """Where on the page it is."""
        return slugify(self.served) or "todos"

    @property
    def due(self) -> int:
        """Due contacts of all its rules."""
        return sum(row.due or 0 for row in self.rows)


def rulebook(user: User, archetype: str = "") -> list[Chapter]:
    """The chapters, those with most due contacts first; of one archetype, what serves it, its own rules first."""
    counts = _due_counts(user)
    everybody = may(user, Capability.OVERVIEW)
    chapters: dict[str, list[RuleRow]] = {}
    for rule in visible_rules(user).order_by("-priority", "rule_id"):
        if archetype and rule.archetypes and archetype not in rule.archetypes:
            continue
        due = None if counts is None else counts.get(rule.rule_id, 0)
        row = RuleRow(rule, due, rule.customers if everybody else None)
        chapters.setdefault(rule.archetype, []).append(row)
    governed: dict[str, list[Segment]] = {}
    for one in visible_segments(user):
        governed.setdefault(one.segment.archetype, []).append(one.segment)
    found = []
    for served, rows in chapters.items():
        archetypes = rows[0].rule.archetypes
        segments = [segment for name in archetypes for segment in governed.get(name, [])]
        found.append(Chapter(served, archetypes, segments, rows))
    if archetype:
        return sorted(found, key=lambda chapter: (not chapter.archetypes, len(chapter.archetypes), chapter.served))
    return sorted(found, key=lambda chapter: (-chapter.due, chapter.served))


def archetypes_of(rules: Iterable[ContactRule]) -> list[str]:
    """Every archetype some rule names, alphabetical."""
    return sorted({name for rule in rules for name in rule.archetypes})


def serving(rules: Iterable[ContactRule], archetype: str) -> tuple[list[ContactRule], int]:
    """The rules that name an archetype, highest priority first, and how many others serve any customer."""
    kept = list(rules)
    named = [rule for rule in kept if archetype and archetype in rule.archetypes]
    return sorted(named, key=lambda rule: (-rule.priority, rule.rule_id)), sum(not rule.archetypes for rule in kept)


def sentence(chapters: list[Chapter]) -> str:
    """What matters: how many rules ask for something now, and which asks most."""
    rows = [row for chapter in chapters for row in chapter.rows]
    if not rows:
        return _("Nenhuma regra está em vigor.")
    text = ngettext("%(count)s regra em vigor", "%(count)s regras em vigor", len(rows)) % {"count": number(len(rows))}
    asking = [row for row in rows if row.due]
    if asking:
        most = max(asking, key=lambda row: (row.due or 0, row.rule.rule_id))
        text += ngettext("; %(count)s pede contatos agora", "; %(count)s pedem contatos agora", len(asking)) % {
            "count": number(len(asking))
        }
        text += _(". A que mais pede: %(name)s (%(due)s)") % {"name": shipped(most.rule.name), "due": number(most.due)}
    return text + "."


def policy_version(user: User) -> str:
    """The version of the policy that wrote the due contacts this person sees; nothing when they see none."""
    seen = visible_proposals(user).select_related(None).order_by()
    question = cache_key(seen)
    if question is None:
        return ""
    return cached(("policy", question), lambda: next(iter(seen.values_list("policy_version", flat=True)[:1]), ""))


def _due_counts(user: User) -> dict[str, int] | None:
    if not may(user, Capability.PROPOSALS):
        return None
    seen = visible_proposals(user).select_related(None).order_by()
    question = cache_key(seen)
    if question is None:
        return {}
    return cached(("due by rule", question), lambda: dict(seen.values_list("rule_id").annotate(count=Count("*"))))
