"""What each record is in the lake: one SELECT per model, columns named as the model's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model

from b2shift.lake.api import Lake
from b2shift.metrics.api import measures
from b2shift.web.crm import fuzzy, models, words


@dataclass(frozen=True)
class Projection:
    """A model, its key columns, and the FROM and expressions that make its rows; columns default to their name."""

    model: type[Model]
    key: tuple[str, ...]
    table: str
    source: Callable[[Lake], str]
    expressions: Mapping[str, str] = field(default_factory=dict)


def _plain(table: str) -> Callable[[Lake], str]:
    return lambda lake: f"SELECT * FROM {table}"


def _optional(lake: Lake, table: str, columns: Mapping[str, str], key: str = "customer_id") -> str:
    """A sub-select of the columns a table offers, and nulls for the table or columns this lake does not have."""
    if not lake.has(table):
        nulls = ", ".join(f"NULL AS {name}" for name in columns)
        return f"(SELECT NULL::VARCHAR AS {key}, {nulls} WHERE false)"
    found = set(lake.query(f"DESCRIBE {table}").column("column_name").to_pylist())
    expressions = ", ".join(f"{source if source in found else 'NULL'} AS {name}" for name, source in columns.items())
    return f"(SELECT {key}, {expressions} FROM {table})"


def _due_contacts(lake: Lake) -> str:
    if not lake.has("proposals"):
        return "(SELECT NULL::VARCHAR AS customer_id, NULL AS due_contacts WHERE false)"
    return "(SELECT customer_id, count(*) AS due_contacts FROM proposals GROUP BY customer_id)"


def _last_answer(lake: Lake) -> str:
    """The class of each customer's last answer, as questions split customers by it."""
    if not lake.has("nps_answers"):
        return "(SELECT NULL::VARCHAR AS customer_id, NULL AS nps_class WHERE false)"
    declared = measures()
    joined = declared["joins"]["nps_band"]
    return f"(SELECT c.customer_id, {declared['columns']['nps_band']} AS nps_class FROM customers c {joined})"


_UNITS_KEY = "'|' || array_to_string(business_units, '|') || '|'"


def _with_units(lake: Lake, table: str) -> str:
    customers = "SELECT NULL::VARCHAR AS customer_id, NULL AS units_key WHERE false"
    if lake.has("customers"):
        customers = f"SELECT customer_id, {_UNITS_KEY} AS units_key FROM customers"
    return f"SELECT {table}.*, units_key FROM {table} LEFT JOIN ({customers}) USING (customer_id)"


_SEGMENT = (
    "segment_id",
    "segment_name",
    "confidence",
    "x",
    "y",
    "life_stage",
    "life_stage_probability",
    "rfm_class",
    "migrated_from",
)
_SCORE = (
    "churn_90d",
    "churn_90d_low",
    "churn_90d_high",
    "churn_band",
    "health",
    "health_use",
    "health_relationship",
    "health_support",
    "health_financial",
    "health_result",
    "nps_detractor_risk",
    "reasons",
)
# Model's column: column of the feature table.
_FEATURE = {
    "usage_ratio": "usage_ratio",
    "usage_trend": "usage_trend_3m",
    "days_disconnected": "days_disconnected",
    "nps_value": "nps_value",
    "nps_shrunk": "nps_value_shrunk",
    "tickets_90d": "tickets_90d",
    "overdue_amount": "overdue_amount",
}


def _customers(lake: Lake) -> str:
    joins = [
        _optional(lake, "segments", {name: name for name in _SEGMENT}),
        _optional(lake, "scores", {name: name for name in _SCORE}),
        _optional(lake, "features", _FEATURE),
        _optional(lake, "journey", {"journey_stage": "stage"}),
        _due_contacts(lake),
        _last_answer(lake),
    ]
    joined = " ".join(f"LEFT JOIN {join} USING (customer_id)" for join in joins)
    return f"SELECT * FROM customers {joined}"


def _segments(lake: Lake) -> str:
    expressions = {"archetype": "archetype", "archetype_similarity": "similarity", "archetype_why": "why"}
    joined = _optional(lake, "segment_archetypes", expressions, key="segment_id")
    return f"SELECT * FROM segment_catalogue LEFT JOIN {joined} USING (segment_id)"


_NAME_WORDS = words.SQL.format("concat_ws(' ', trade_name, name)")
_CNPJ_WORD = "regexp_replace(lower(coalesce(cnpj, '')), '[^a-z0-9]', '', 'g')"
_WORDS = f"trim(concat_ws(' ', lower(customer_id), {_NAME_WORDS}, {words.SQL.format('city')}, {_CNPJ_WORD}))"

# Words of letters that customers' names and cities hold, and the forms `slips` finds them by again.
_LETTERS = (
    f"SELECT DISTINCT word FROM (SELECT unnest(string_split({_NAME_WORDS} || ' ' || {words.SQL.format('city')}, ' ')) "
    f"AS word FROM customers) WHERE regexp_full_match(word, '[a-z]{{{fuzzy.SHORTEST},80}}')"
)


def _words(lake: Lake) -> str:
    return _LETTERS


def _forms(lake: Lake) -> str:
    """The beginning of each word, whole and without each of its letters; of a long one its end (see `slips.forms`)."""
    return (
        f"SELECT DISTINCT form, word FROM (SELECT word, word[:{fuzzy.FORM}] AS start, "
        "unnest([start] || [start[:place - 1] || start[place + 1:] FOR place IN range(1, length(start) + 1)] || "
        f"CASE WHEN length(word) >= {fuzzy.TWICE} THEN ['{fuzzy.TAIL_MARK}' || right(word, {fuzzy.TAIL})] ELSE [] END"
        f") AS form FROM ({_LETTERS})) WHERE form <> ''"
    )


PROJECTIONS: tuple[Projection, ...] = (
    Projection(models.VendorUser, ("user_id",), "users", _plain("users")),
    Projection(models.Segment, ("segment_id",), "segment_catalogue", _segments),
    Projection(models.SegmentTrait, ("segment_id", "trait"), "segment_profiles", _plain("segment_profiles")),
    Projection(models.SegmentModel, ("view", "algorithm", "k"), "segment_models", _plain("segment_models")),
    Projection(models.ScoreCard, ("score",), "score_cards", _plain("score_cards")),
    Projection(
        models.Customer,
        ("customer_id",),
        "customers",
        _customers,
        {
            "name_folded": words.SQL.format("coalesce(nullif(trade_name, ''), name)"),
            "search_text": f"array_to_string(list_sort(list_distinct(regexp_split_to_array({_WORDS}, ' +'))), ' ')",
            "units_key": _UNITS_KEY,
        },
    ),
    Projection(models.SearchWord, ("word",), "customers", _words),
    Projection(models.SearchForm, ("form", "word"), "customers", _forms),
    Projection(models.Proposal, ("proposal_id",), "proposals", lambda lake: _with_units(lake, "proposals")),
    Projection(models.NextAction, ("action_id",), "next_actions", lambda lake: _with_units(lake, "next_actions")),
    Projection(models.ActionLimit, ("limit",), "action_limits", _plain("action_limits")),
    Projection(models.ContactRule, ("rule_id",), "contact_rules", _plain("contact_rules")),
    Projection(
        models.QualityCount,
        ("source", "file", "kind", "column", "treatment"),
        "quality",
        _plain("quality"),
    ),
    Projection(models.Load, ("file",), "loads", _plain("loads")),
)
