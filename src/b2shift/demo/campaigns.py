"""Randomised campaigns: two messages and a control group, and everything each person did about them."""

import numpy as np

from b2shift.demo.chance import Array, sigmoid, stream
from b2shift.demo.columns import Table
from b2shift.demo.families import NAMES
from b2shift.demo.money import purchase_rate
from b2shift.demo.people import warmth
from b2shift.demo.population import Population
from b2shift.demo.sales import Prospects

REACH = 0.33
_CHANNELS = ("email", "whatsapp", "in_app")
_ARMS = ("A", "B", "control")
_LAGS = {
    "assigned": 0, "sent": 60, "open": 40_000, "unsubscribe": 50_000, "click": 60_000, "reply": 120_000,
    "accept": 240_000, "reject": 240_000, "purchase": 3_000_000,
}  # fmt: skip
"""Kind of event → seconds after the assignment, at most about so many."""


def events(people: Population, found: Prospects, seed: int) -> Table:
    """events.jsonl, one column per key; null is None."""
    parts = [_campaign(people, found, number, seed) for number in range(len(people.months))]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    moment = joined.pop("moment")
    kept = np.flatnonzero(moment <= (people.as_of + np.timedelta64(1, "D")).astype("datetime64[s]"))
    order = kept[np.argsort(moment[kept], kind="stable")]
    numbered = np.array([f"E{n:08d}" for n in range(len(order))], object)
    when = np.array([f"{m}Z" for m in moment[order].astype(str)], object)
    return {"event_id": numbered, "ts": when} | {name: column[order] for name, column in joined.items()}


def _campaign(people: Population, found: Prospects, number: int, seed: int) -> Table:
    rng = stream(seed, f"campaign {number}")
    family = int(rng.integers(len(NAMES)))
    day = people.as_of - np.timedelta64(int((number + 0.5) * 30), "D")
    there = (people.since < day) & (people.last_day > day) & (rng.random(people.size) < REACH)
    who = np.flatnonzero(there)
    others = np.flatnonzero(rng.random(len(found.ids)) < REACH / 3)
    count = len(who) + len(others)
    customer = np.concatenate([people.code[who], np.full(len(others), None, object)])
    prospect = np.concatenate([np.full(len(who), None, object), found.ids[others]])
    wish = np.concatenate([purchase_rate(people)[who, family], 0.01 * np.exp(found.fit[others])])
    warm = np.concatenate([warmth(people)[who], np.full(len(others), 0.22)])
    arm = rng.choice(3, count, p=[0.4, 0.4, 0.2])
    did = _reactions(rng, arm, warm, wish)
    start = day.astype("datetime64[s]") + rng.integers(28_800, 36_000, count).astype("timedelta64[s]")
    at = [(kind, position) for kind, happened in did.items() for position in np.flatnonzero(happened)]
    kinds = np.array([kind for kind, _ in at], object)
    position = np.array([p for _, p in at], int)
    lag = np.array([_LAGS[kind] for kind in kinds], float) * (0.2 + 0.8 * rng.random(len(at)))
    return {
        "moment": start[position] + lag.astype(int).astype("timedelta64[s]"),
        "type": kinds,
        "campaign_id": np.full(len(at), f"C{number:03d}", object),
        "family": np.full(len(at), NAMES[family], object),
        "channel": np.full(len(at), _CHANNELS[int(rng.integers(3))], object),
        "variant": np.array(_ARMS, object)[arm[position]],
        "cliente": customer[position],
        "prospect_id": prospect[position],
    }


def _reactions(rng: np.random.Generator, arm: Array, warm: Array, wish: Array) -> dict[str, Array]:
    count = len(arm)
    sent = arm < 2
    opened = sent & (rng.random(count) < warm)
    clicked = opened & (rng.random(count) < sigmoid(-2.0 + 0.3 * np.log(wish + 1e-4) + 1.2 + 0.3 * arm))
    replied = clicked & (rng.random(count) < 0.35)
    accepted = replied & (rng.random(count) < 0.6)
    persuasion = np.where(clicked, 2.0, np.where(opened, 1.3, 1.0))
    return {
        "assigned": np.ones(count, bool),
        "sent": sent,
        "open": opened,
        "click": clicked,
        "reply": replied,
        "accept": accepted,
        "reject": replied & ~accepted & (rng.random(count) < 0.6),
        "unsubscribe": opened & (rng.random(count) < 0.008),
        "purchase": rng.random(count) < np.minimum(0.35 * wish * persuasion, 0.9),
    }
