"""Invented tables like those people publish: adults, banks, cards, deals, leads, policies; the label follows a known
truth whose weights are drawn anew for each seed, so that a seed not looked at is a table not looked at."""

from collections.abc import Callable

import numpy as np
import pandas as pd

Rng = np.random.Generator
Odds = tuple[pd.DataFrame, np.ndarray]
"""A table, and the log-odds of its label up to a constant that gives the wanted rate."""


def adults(rng: Rng, rows: int) -> Odds:
    """Who earns much: age bends, education steps, gains mostly nothing; 24 %."""
    age = np.clip(rng.gamma(8, 5, rows), 17, 90).round()
    years = np.clip(rng.normal(10, 2.6, rows), 1, 16).round()
    married, job = rng.random(rows) < 1 / (1 + np.exp(-(age - 32) / 6)), rng.integers(0, 14, rows)
    gain = np.where(rng.random(rows) < 0.08, rng.lognormal(8.3, 1.2, rows).round(), 0)
    loss = np.where((rng.random(rows) < 0.05) & (gain == 0), rng.normal(1870, 350, rows).round(), 0)
    hours = np.where(rng.random(rows) < 0.47, 40, np.clip(rng.normal(42, 14, rows), 1, 99).round())
    frame = pd.DataFrame(
        {
            "age": age,
            "workclass": _words(rng, rows, "w", 7, 0.06),
            "weight": rng.lognormal(12, 0.5, rows).round(),
            "education": [f"e{int(one)}" for one in years],
            "years": years,
            "marital": np.where(married, "married", rng.choice(["never", "divorced", "widowed"], rows)),
            "job": [f"j{one}" for one in job],
            "sex": rng.choice(["m", "f"], rows),
            "gain": gain,
            "loss": loss,
            "hours": hours,
            "country": _words(rng, rows, "c", 40, 0.02, skew=2.5),
        }
    )
    odds = (
        0.33 * years
        + 2.2 * married
        - 0.0022 * (age - 49) ** 2
        + rng.normal(0, 0.5, 14)[job]
        + 0.03 * (hours - 40)
        + 3.0 * (gain > 5000)
        - 0.8 * ((gain > 0) & (gain < 3000))
        + 1.2 * (loss > 1800)
        + 0.05 * married * (years - 10)
    )
    return frame, odds


def offers(rng: Rng, rows: int) -> Odds:
    """Who takes a bank's offer: rare, the length of past talks and the month say most; 11 %."""
    month, job = rng.integers(0, 12, rows), rng.integers(0, 11, rows)
    before = rng.random(rows) < 0.14
    past = np.where(before, rng.choice(["failure", "success", "other"], rows, p=[0.6, 0.2, 0.2]), "unknown")
    euribor = np.round(rng.choice([4.96, 4.86, 1.3, 0.9, 4.1], rows) + rng.normal(0, 0.02, rows), 3)
    age, balance = (
        np.clip(rng.gamma(14, 2.9, rows), 18, 95).round(),
        rng.normal(300, 500, rows) + rng.exponential(1100, rows),
    )
    frame = pd.DataFrame(
        {
            "age": age,
            "job": [f"job{one}" for one in job],
            "marital": _words(rng, rows, "m", 3),
            "balance": balance.round(),
            "education": _words(rng, rows, "e", 4, 0.04),
            "default": _rare(rng, rows, 0.02),
            "housing": _rare(rng, rows, 0.55),
            "loan": _rare(rng, rows, 0.16),
            "contact": _words(rng, rows, "k", 3, skew=1),
            "month": [f"m{one}" for one in month],
            "day": rng.integers(1, 32, rows),
            "campaign": np.minimum(rng.geometric(0.4, rows), 40),
            "pdays": np.where(before, rng.gamma(4, 55, rows).round(), -1),
            "previous": np.where(before, rng.geometric(0.5, rows), 0),
            "poutcome": past,
            "euribor": euribor,
        }
    )
    odds = (
        1.9 * (past == "success")
        + rng.normal(0, 0.6, 12)[month]
        - 0.45 * euribor
        + rng.normal(0, 0.25, 11)[job]
        - 0.12 * np.minimum(frame["campaign"], 8)
        - 0.5 * (frame["housing"] == "yes")
        + 0.0012 * (age - 40) ** 2
        - 0.5 * (frame["loan"] == "yes")
        + 0.15 * np.log1p(np.maximum(balance, 0)) * (euribor < 2)
    )
    return frame, odds.to_numpy()


def payers(rng: Rng, rows: int) -> Odds:
    """Who pays back: nearly all categories of few levels, in an order that is not told; 30 %."""
    sizes = {
        "status": 4,
        "history": 5,
        "purpose": 10,
        "savings": 5,
        "employed": 5,
        "personal": 4,
        "property": 4,
        "plans": 3,
    }
    levels = {name: rng.choice(size, rows, p=rng.dirichlet(np.full(size, 2.0))) for name, size in sizes.items()}
    months, amount = rng.choice([6, 12, 18, 24, 36, 48], rows), rng.lognormal(7.8, 0.8, rows).round()
    age = np.clip(rng.gamma(10, 3.6, rows), 19, 75).round()
    odds = 0.028 * months + 0.25 * np.abs(np.log(amount) - 7.6) - 0.015 * age
    for name, spread in zip(sizes, (0.8, 0.6, 0.5, 0.4, 0.25, 0.2, 0.2, 0.2), strict=True):
        odds = odds + rng.normal(0, spread, sizes[name])[levels[name]]
    words = {name: [f"A{code}" for code in codes] for name, codes in levels.items()}
    frame = pd.DataFrame(
        {
            **words,
            "months": months,
            "amount": amount,
            "age": age,
            "rate": rng.integers(1, 5, rows),
            "credits": rng.geometric(0.6, rows),
            "people": rng.integers(1, 3, rows),
            "phone": _rare(rng, rows, 0.4),
        }
    )
    return frame, odds


def deals(rng: Rng, rows: int) -> Odds:
    """Which deals are won: sellers and accounts of many levels, values with gaps; 45 %."""
    sellers, accounts, products = max(12, rows // 120), max(30, rows // 12), 9
    seller, account = rng.integers(0, sellers, rows), (accounts * rng.beta(0.7, 1.5, rows)).astype(int)
    product = rng.integers(0, products, rows)
    value, days = rng.lognormal(7, 1.3, rows).round(2), rng.gamma(1.5, 40, rows).round()
    touches, discount = rng.poisson(5, rows), np.where(rng.random(rows) < 0.6, 0, rng.choice([5, 10, 15, 20, 30], rows))
    size = rng.lognormal(4, 1.5, accounts).round()[account]
    odds = (
        rng.normal(0, 0.6, sellers)[seller]
        + rng.normal(0, 0.5, accounts)[account]
        + rng.normal(0, 0.4, products)[product]
        - 0.25 * (np.log(value) - 7)
        + 0.12 * touches
        - 0.008 * days
        + 0.3 * np.log1p(discount) * (value > 1500)
    )
    frame = pd.DataFrame(
        {
            "seller": [f"S{one:03d}" for one in seller],
            "account_name": [f"Company {one}" for one in account],
            "product": [f"P{one}" for one in product],
            "value": value,
            "days_open": days,
            "touches": touches,
            "discount": discount,
            "employees": size,
            "sector": rng.choice(list("abcdefghij"), accounts)[account],
            "region": rng.choice(["N", "S", "L", "O"], rows),
            "source": _words(rng, rows, "s", 6, 0.1),
        }
    )
    return _gaps(rng, frame, {"value": 0.08, "employees": 0.25, "days_open": 0.05}), odds


def leads(rng: Rng, rows: int) -> Odds:
    """Which leads convert: many gaps that say something, tags of many levels; 38 %."""
    source, tag, city = rng.integers(0, 14, rows), (rng.beta(0.6, 2, rows) * 25).astype(int), rng.integers(0, 7, rows)
    visits = np.where(rng.random(rows) < 0.25, 0, rng.negative_binomial(2, 0.4, rows))
    seconds = np.where(visits > 0, rng.gamma(1.1, 450, rows), 0).round()
    told = rng.random(rows) < 0.65
    occupation = np.where(
        told, rng.choice(["unemployed", "working", "student", "other"], rows, p=[0.7, 0.2, 0.07, 0.03]), None
    )
    odds = (
        1.1 * np.log1p(seconds / 200) * (visits > 0)
        + rng.normal(0, 0.7, 14)[source]
        + rng.normal(0, 1.0, 25)[tag]
        + 1.6 * (occupation == "working")
        - 1.1 * ~told
        + 0.4 * (city == 2) * (source > 6)
    )
    frame = pd.DataFrame(
        {
            "origin": _words(rng, rows, "o", 5, skew=2),
            "source": [f"src{one}" for one in source],
            "visits": visits.astype(float),
            "seconds": seconds,
            "pages": np.where(visits > 0, rng.gamma(3, 1, rows).round(2), 0),
            "tag": [f"tag{one}" for one in tag],
            "city": [f"city{one}" for one in city],
            "occupation": occupation,
            "specialization": _words(rng, rows, "x", 18, 0.35),
            "no_call": _rare(rng, rows, 0.002),
            "no_mail": _rare(rng, rows, 0.08),
            "last": _words(rng, rows, "a", 16, skew=2),
            "copy": _rare(rng, rows, 0.3),
            "search": _rare(rng, rows, 0.001),
        }
    )
    return _gaps(rng, frame, {"visits": 0.015, "city": 0.15, "source": 0.004}), odds


def policies(rng: Rng, rows: int) -> Odds:
    """Who buys a second policy: one column excludes nearly all of half the rows; codes of region and channel; 12 %."""
    insured, damaged = rng.random(rows) < 0.46, rng.random(rows) < 0.5
    region, channel = rng.integers(0, 53, rows), (150 * rng.beta(0.5, 0.5, rows)).astype(int)
    age = np.clip(rng.gamma(5, 8, rows), 20, 85).round()
    frame = pd.DataFrame(
        {
            "gender": rng.choice(["Male", "Female"], rows),
            "age": age,
            "licence": (rng.random(rows) < 0.998).astype(int),
            "region_code": region.astype(float),
            "insured_before": insured.astype(int),
            "vehicle_age": rng.choice(["< 1", "1-2", "> 2"], rows, p=[0.43, 0.53, 0.04]),
            "damaged": np.where(damaged, "Yes", "No"),
            "premium": np.where(rng.random(rows) < 0.17, 2630, rng.lognormal(10.4, 0.4, rows).round()),
            "channel": channel.astype(float),
            "days": rng.integers(10, 300, rows),
        }
    )
    odds = (
        -4.0 * insured
        + 2.3 * damaged
        - 0.0016 * (age - 43) ** 2
        + rng.normal(0, 0.3, 53)[region]
        + rng.normal(0, 0.5, 150)[channel]
        + 0.5 * (frame["vehicle_age"] == "> 2")
        - 0.4 * (frame["vehicle_age"] == "< 1")
    )
    return frame, odds.to_numpy()


def frauds(rng: Rng, rows: int) -> Odds:
    """Rare, by a corner of a few of thirty numbers with long tails; 3 %."""
    hidden = rng.normal(size=(rows, 6))
    mixed = hidden @ rng.normal(0, 0.6, (6, 28)) + rng.standard_t(4, (rows, 28))
    weights = rng.normal(0, 0.5, 28) * (rng.random(28) < 0.35)
    frame = pd.DataFrame(mixed.round(4), columns=[f"V{at}" for at in range(28)])
    frame = frame.assign(amount=rng.lognormal(3, 1.6, rows).round(2), hour=rng.integers(0, 24, rows))
    odds = mixed @ weights * 0.9 + 1.5 * ((mixed[:, 0] > 1) & (mixed[:, 1] < -1)) + 0.6 * (frame["hour"] < 6)
    return frame, odds.to_numpy()


def renewals(rng: Rng, rows: int) -> Odds:
    """Who of a music service's subscribers leaves: use, payment and a plan that renews by itself; 9 %."""
    auto, plan, method = (
        rng.random(rows) < 0.85,
        rng.choice([30, 31, 100, 195, 7], rows, p=[0.8, 0.1, 0.04, 0.02, 0.04]),
        rng.integers(0, 25, rows),
    )
    days = np.clip(rng.gamma(2, 8, rows), 0, 31).round()
    frame = pd.DataFrame(
        {
            "city": _words(rng, rows, "c", 21, skew=2),
            "bd": np.where(rng.random(rows) < 0.5, 0, rng.normal(29, 9, rows).round()),
            "gender": _words(rng, rows, "g", 2, 0.5),
            "registered_via": rng.choice([3, 4, 7, 9, 13], rows).astype(float),
            "plan_days": plan,
            "paid": (plan * 4.9).round(),
            "auto_renew": auto.astype(int),
            "method": method.astype(float),
            "cancelled_once": (rng.random(rows) < 0.05).astype(int),
            "active_days": days,
            "songs_25": rng.negative_binomial(1, 0.02, rows),
            "songs_100": rng.negative_binomial(1, 0.004, rows),
            "seconds": (days * rng.lognormal(8.5, 0.8, rows)).round(),
            "tenure": rng.exponential(900, rows).round(),
        }
    )
    odds = (
        -2.0 * auto
        + 2.2 * frame["cancelled_once"]
        + rng.normal(0, 0.5, 25)[method]
        + 1.0 * (plan > 60)
        - 0.04 * days
        - 0.35 * np.log1p(frame["tenure"] / 100)
        - 0.1 * np.log1p(frame["seconds"])
    )
    return frame, odds.to_numpy()


INVENTED: dict[str, tuple[Callable[[Rng, int], Odds], float]] = {
    "adults": (adults, 0.24),
    "offers": (offers, 0.11),
    "payers": (payers, 0.3),
    "deals": (deals, 0.45),
    "leads": (leads, 0.38),
    "policies": (policies, 0.12),
    "frauds": (frauds, 0.03),
    "renewals": (renewals, 0.09),
}


def invented(name: str, rows: int, seed: int) -> pd.DataFrame:
    """The table of a name and seed, its label 0 or 1 in `label`."""
    make, rate = INVENTED[name]
    rng = np.random.default_rng([seed, sum(name.encode())])
    frame, odds = make(rng, rows)
    return frame.assign(label=(rng.random(rows) < 1 / (1 + np.exp(-(odds + level(odds, rate))))).astype(int))


def level(odds: np.ndarray, rate: float) -> float:
    """What is added to log-odds so that their chances come to the rate on average."""
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-(odds + middle)))).mean() < rate else (low, middle)
    return low


def _words(rng: Rng, rows: int, prefix: str, levels: int, missing: float = 0.0, skew: float = 0.0) -> np.ndarray:
    share = np.arange(1, levels + 1) ** -float(skew)
    told = np.array([f"{prefix}{code}" for code in rng.choice(levels, rows, p=share / share.sum())], dtype=object)
    told[rng.random(rows) < missing] = None
    return told


def _rare(rng: Rng, rows: int, rate: float) -> np.ndarray:
    return np.where(rng.random(rows) < rate, "yes", "no")


def _gaps(rng: Rng, frame: pd.DataFrame, shares: dict[str, float]) -> pd.DataFrame:
    for name, share in shares.items():
        frame[name] = frame[name].mask(rng.random(len(frame)) < share)
    return frame
