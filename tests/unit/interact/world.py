"""A small world for the contact rules: a lake whose ledgers hold exactly the rows a test writes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

import b2shift
from b2shift.interact.api import evaluate_policy
from b2shift.interact.contracts import Policy
from b2shift.interact.evaluation.evaluate import INPUTS
from b2shift.interact.evaluation.facts import PERSUASION
from b2shift.interact.policy.load import parse
from b2shift.lake.api import Session, load_specs, quote, writing

AS_OF = date(2025, 3, 12)  # a Wednesday; the next business day is Thursday 13/03/2025
Row = dict[str, Any]
_PACKAGES = Path(b2shift.__file__).parent
_SPECS = {
    spec.name: spec
    for package in ("identify", "differentiate", "learn")
    for spec in load_specs(_PACKAGES / package / "tables.yaml")
}

_CUSTOMER: Row = {
    "name": "Empresa", "market_segment": "VAREJO", "situation": "ativo", "mrr": 100.0, "contract_band": "5_20k",
    "revenue_band": "ate_15m", "tenure_band": "3_10", "onboarding": False, "customer_since": date(2020, 6, 1),
    "business_units": ["totvs_gestao"], "owner_id": "U1", "as_of": AS_OF,
}  # fmt: skip
# Columns the rules always look at; a test gives the others it needs.
_FEATURES: Row = dict.fromkeys(
    (
        "nps_value", "nps_answers_12m", "nps_days_since", "overdue_count", "unpaid_share_6m", "late_days_mean_6m",
        "has_telemetry", "has_usage", "usage_months_12m", "usage_ratio", "usage_percentile", "days_disconnected",
        "telemetry_modules", "duration_growth", "mrr", "families_count", "line_saas", "line_cdu", "line_sms",
        "line_cloud", "line_consultoria", "line_outros", "has_revenue", "orders_12m", "order_value_12m",
        "order_lateness", "order_growth",
    )
)  # fmt: skip


class World:
    """Customers and what happened to them."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {name: [] for name in INPUTS}

    def customer(self, key: str = "C00001", *, segment: str = "s1", stage: str = "Fiéis", **told: Any) -> "World":
        """One customer; words of `customers` go there, everything else, and `mrr` too, is a feature or a score."""
        own = {k: v for k, v in told.items() if k in _CUSTOMER}
        scores = {k: v for k, v in told.items() if k in {"churn_90d", "churn_band", "health"}}
        features = {k: v for k, v in told.items() if k in _FEATURES or k not in own | scores}
        unknown = features.keys() - _FEATURES.keys()
        assert not unknown, unknown
        self.tables["customers"].append({**_CUSTOMER, "customer_id": key, **own})
        self.tables["features"].append({**_FEATURES, "customer_id": key, "as_of": AS_OF, **features})
        self.tables["scores"].append({"customer_id": key, "as_of": AS_OF, **scores})
        self.tables["segments"].append(
            {"customer_id": key, "as_of": AS_OF, "segment_id": segment, "segment_name": segment, "life_stage": stage}
        )
        return self

    def add(self, table: str, *rows: Row) -> "World":
        """Rows of a ledger; the customer is C00001 unless they say otherwise."""
        self.tables[table] += [{"customer_id": "C00001", **row} for row in rows]
        return self

    def contact(self, key: str = "C00001", **consents: bool) -> "World":
        """A person at the customer who consents to the channels named."""
        told = {f"consent_{channel}": agreed for channel, agreed in consents.items()}
        person = {"contact_id": f"P{len(self.tables['contacts'])}", "email": "p@x.example", "phone": "(11) 90000-0000"}
        return self.add("contacts", {**person, "customer_id": key, "consented_on": date(2024, 1, 1), **told})

    def deter(self, *customers: str) -> "World":
        """Customers whom messages were seen to make leave."""
        rows = [{"measure": "lost", "customer_id": one, "place": 5, "harmed": True} for one in customers]
        self.tables[PERSUASION] = [*rows, {"measure": "bought", "customer_id": "other", "place": 5, "harmed": True}]
        return self

    def stage(self, session: Session) -> None:
        """Write every input of the contact rules."""
        for name, rows in self.tables.items():
            write_table(session, name, rows)


def policy(*rules: Row, **over: Any) -> Policy:
    """A policy of these rules with one archetype for everyone."""
    shaped: Row = {
        "version": "t1",
        "name": "Régua de teste",
        "themes": ["a", "b", "c"],
        "caps": [{"group": "pessoas", "open_per_customer": 5}, {"group": "mensagens", "open_per_customer": 5}],
        "archetypes": [archetype("todos", profile={"contract_bands": ["5_20k"]})],
        "rules": list(rules),
        **over,
    }
    return parse(json.dumps(shaped, ensure_ascii=False).encode(), "teste.yaml")


def archetype(name: str, **over: Any) -> Row:
    """An archetype."""
    words = {"about": "Quem é.", "objective": f"Objetivo de {name}", "message": f"Mensagem de {name}"}
    return {"id": name, "name": name.capitalize(), **words, **over}


def rule(trigger: Row, name: str = "r1", **over: Any) -> Row:
    """A rule for the archetype `todos` with that trigger."""
    shaped: Row = {
        "id": name,
        "name": f"Regra {name}",
        "audience": {"archetypes": ["todos"]},
        "trigger": trigger,
        "kind": "relacionamento",
        "theme": "a",
        "action": "Fazer algo.",
        "channels": ["telefone"],
        "owner_role": "executor",
        "cap_group": "pessoas",
        "priority": 50,
        "cooldown_days": 0,
        **over,
    }
    if trigger["kind"] != "cadence":
        shaped.setdefault("due_days", 3)
    return shaped


@contextmanager
def evaluated(folder: Path, world: World, told: Policy, as_of: date = AS_OF) -> Iterator[Session]:
    """A session where the policy has been evaluated on the world."""
    with writing(folder / "home") as session:
        world.stage(session)
        evaluate_policy(session, told, as_of)
        yield session


def proposals(folder: Path, world: World, told: Policy, as_of: date = AS_OF) -> list[Row]:
    """The proposals, by customer and rule."""
    with evaluated(folder, world, told, as_of) as session:
        return session.query("SELECT * FROM proposals ORDER BY customer_id, rule_id").to_pylist()


def write_table(session: Session, name: str, rows: list[Row]) -> None:
    """One table of the rules' inputs, with these rows."""
    spec = _SPECS[name]
    if rows:
        names = dict.fromkeys([*(column.name for column in spec.columns), *(key for row in rows for key in row)])
        session.write(spec, pa.Table.from_pylist([{key: row.get(key) for key in names} for row in rows]))
    else:
        names = dict.fromkeys([column.name for column in spec.columns] + list(_FEATURES if name == "features" else ()))
        nulls = ", ".join(f"NULL AS {quote(name)}" for name in names)
        session.write(spec, f"SELECT {nulls} WHERE FALSE")
