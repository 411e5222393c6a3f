"""The dated files of money and use: monthly revenue, twelve-month average, invoices, monthly usage."""

import numpy as np

from b2shift.demo.chance import stream
from b2shift.demo.columns import Table, comma, day_first, iso, texts
from b2shift.demo.families import NAMES
from b2shift.demo.money import Ledger
from b2shift.demo.population import Population

DAY = np.timedelta64(1, "D")


def monthly_revenue(people: Population, ledger: Ledger) -> Table:
    """receita_mensal.csv."""
    month, who, family = np.nonzero(ledger.revenue.transpose(2, 0, 1) > 0)
    return {
        "cliente": people.code[who],
        "mes": iso(people.months[month].astype("datetime64[D]")),
        "familia_produto": np.array(NAMES, object)[family],
        "mrr": comma(ledger.revenue[who, family, month]),
        "usuarios_contratados": texts(ledger.users[who, family, month]),
    }


def average_revenue(people: Population, ledger: Ledger, seed: int) -> Table:
    """mrr.csv: the mean over the months with revenue among the last twelve, of those who still pay."""
    year = ledger.by_month[:, -12:]
    paying = (year > 0).sum(axis=1)
    who = np.flatnonzero((year[:, -1] > 0) & ~people.gone)
    who = stream(seed, "mrr").permutation(who)
    mean = year[who].sum(axis=1) / paying[who]
    return {"CLIENTE": people.code[who], "MRR_12M": np.array([f"{v:.6f}" for v in mean], object)}


def invoices(people: Population, ledger: Ledger, seed: int) -> Table:
    """faturas.csv: one a month; friction delays the payment, and so does being about to leave."""
    rng = stream(seed, "invoices")
    total = ledger.by_month
    month, who = np.nonzero(total.T > 0)
    count = len(who)
    issued = people.months[month].astype("datetime64[D]")
    term = 10 + rng.integers(0, 21, people.size)
    due = issued + term[who] * DAY
    late = 3.0 * rng.normal(size=count) - 1 + 4 * np.maximum(people.traits["friction"][who], 0) * rng.random(count)
    discreet = rng.random(people.size) < 0.3
    left = people.months_to_leave(who, due)
    nearing = (left < 6) & ~discreet[who]
    late = late + np.where(nearing, rng.gamma(2.0, 11.0, count), 0)
    paid = due + np.round(np.maximum(late, -9)).astype(int) * DAY
    near_end = nearing & (left < 2)
    unpaid = (paid > people.as_of) | (near_end & (rng.random(count) < 0.5))
    cancelled = rng.random(count) < 0.01
    status = np.where(
        cancelled,
        "CANCELADA",
        np.where(~unpaid, "PAGA", np.where(due < people.as_of, "VENCIDA", "ABERTA")),
    ).astype(object)
    paid = np.where(unpaid | cancelled, np.datetime64("NaT"), paid)
    stamp = np.char.replace(issued.astype("datetime64[M]").astype(str), "-", "")
    return {
        "fatura_id": np.array([f"F{m}{w:06d}" for m, w in zip(stamp, who, strict=True)], object),
        "cliente": people.code[who],
        "emissao": day_first(issued),
        "vencimento": day_first(due),
        "pagamento": day_first(paid),
        "valor": comma(total[who, month]),
        "situacao": status,
    }
