"""The published features computed again in plain Python, from their meaning: slow, obvious, and sharing no code."""

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean, median
from typing import Any

from tests.unit.differentiate.features.arithmetic import (
    anniversary,
    contract_band,
    elected,
    group_nps,
    growth,
    mean,
    month_days,
    months_between,
    percentile,
    quantile95,
    ratio,
    trend,
)
from tests.unit.differentiate.features.falls import delay_rises, falls, use_falls
from tests.unit.differentiate.features.invented import Ledgers
from tests.unit.differentiate.features.orders import orders_by_hand

from b2shift.kernel.calendar import add_months, business_days_between, is_business_day, last_closed_month

Row = dict[str, Any]
LINE_GROUPS = {
    "line_saas": "SAAS", "line_cdu": "CDU", "line_sms": "SMS", "line_cloud": "CLOUD",
    "line_consultoria": "CONSULTORIA & SERVIÇOS", "line_outros": "OUTROS",
}  # fmt: skip
PRODUCT_FAMILIES = (
    "ANALYTICS", "BACKOFFICE", "CLOUD", "CRM", "DISTRIBUICAO", "FLUIG", "HOSPITALIDADE", "MICRO", "RH", "SERVICOS",
    "TECHFIN", "TECNOLOGIA", "VAREJO", "VERTICAL",
)  # fmt: skip
DAY_ZERO = date(1, 1, 1)


def features_by_hand(told: Ledgers, as_of: date, *, current: bool) -> dict[str, Row]:
    """Customer → feature → value; snapshot features only when `current`."""
    base = Base(told, as_of, current)
    rows = {key: base.customer(key) for key in base.known}
    base.compare(rows)
    return rows


class Base:
    """What was known on a date."""

    def __init__(self, told: Ledgers, as_of: date, current: bool) -> None:
        self.published, self.as_of, self.current = told, as_of, current
        closed = last_closed_month(as_of)
        self.revenue_month = max((r["month"] for r in told["revenue_monthly"] if r["month"] <= closed), default=closed)
        self.usage_month = max((r["month"] for r in told["usage_monthly"] if r["month"] <= closed), default=closed)
        self.since = {r["customer_id"]: r["customer_since"] for r in told["customer_registry"]}
        self.known = sorted(key for key in self._everyone() if current or self._began(key) <= as_of)
        days = [r["day"] for r in told["usage_daily"] if r["day"] <= as_of]
        newest = max(days, default=None)
        self.telemetry_day = newest if newest and (as_of - newest).days <= 92 else None
        self._winsorise()

    def _everyone(self) -> set[str]:
        lines = {r["customer_id"] for r in self.published["contract_lines"]}
        return (lines | set(self.since)) - {None}

    def _began(self, key: str) -> date:
        dates = [self.since.get(key)] if self.since.get(key) else []
        dates += [self._line_day(r) for r in self.published["contract_lines"] if r["customer_id"] == key]
        return min(dates, default=DAY_ZERO)

    def _line_day(self, line: Row) -> date:
        return line["signed_on"] or self.since.get(line["customer_id"]) or DAY_ZERO

    def _winsorise(self) -> None:
        end = self.telemetry_day
        self.window = [
            r for r in self.published["usage_daily"] if end and end - timedelta(days=28) < r["day"] <= end
        ]  # fmt: skip
        sizes = Counter[int]()
        for r in self.window:
            if r["duration_bin"] >= -1 and r["status"] != "Negado":
                sizes[r["duration_bin"]] += r["events"]
        seen, self.cap = 0, 0
        for size in sorted(sizes):
            seen += sizes[size]
            if seen >= 0.99 * sum(sizes.values()):
                self.cap = max(0, size + 1)
                break
        self.telemetry_business_days = max(1, sum(map(is_business_day, {r["day"] for r in self.window})))

    def back(self, months: int) -> date:
        """The day so many months before; windows begin on the day after it."""
        return add_months(self.as_of, -months)

    def of(self, ledger: str, key: str) -> list[Row]:
        return [r for r in self.published[ledger] if r["customer_id"] == key]

    def customer(self, key: str) -> Row:
        found: Row = {}
        for part in (self.contract, self.money, self.usage, self.telemetry, self.finance, self.support, self.nps,
                     self.commercial):  # fmt: skip
            found |= part(key)
        return found | orders_by_hand(self.of("orders", key), self.as_of, self.back)

    def contract(self, key: str) -> Row:
        own = self.of("contract_lines", key)
        lines = [r for r in own if self._line_day(r) <= self.as_of]
        signed = [r["signed_on"] for r in lines if r["signed_on"]]
        seen = own if self.current else lines
        since = self.since.get(key)
        since = since if since and since <= self.as_of else min(
            (r["signed_on"] for r in seen if r["signed_on"] and r["signed_on"] <= self.as_of), default=None
        )  # fmt: skip
        years = None if since is None else (self.as_of - since).days / 365.25
        total = sum((r["value"] or Decimal(0) for r in seen), Decimal(0))
        groups = {r["revenue_line_group"] for r in lines}
        company = [r for r in self.published["companies"] if r["customer_id"] == key]
        count = Counter(r["situation"] for r in seen)
        situation = next((s.lower() for s in ("ATIVO", "GRATUITO", "PENDENTE", "CANCELADO") if count[s]), "outro")
        hired = [r for r in self.published["purchases_12m"] if r["customer_id"] == key]
        return {
            "market_segment": elected(seen, "market_segment"),
            "sub_segment": elected(seen, "sub_segment"),
            "state": elected(seen, "state"),
            "revenue_band": {"Faixa 01 - x": "ate_15m", "Faixa 04 - x": "15_50m", None: "sem_info"}[
                elected([r for r in seen if not r["revenue_range"].startswith("Sem")], "revenue_range")
            ],
            "tenure_years": years,
            "tenure_band": None if years is None else "ate_3" if years <= 3 else "3_10" if years <= 10 else "mais_10",
            "onboarding": years is not None and years < 1,
            "contract_total": float(total),
            "contract_band": contract_band(total),
            "contract_lines": len(lines),
            "lines_signed_12m": sum(day > self.back(12) for day in signed),
            **{name: group in groups for name, group in LINE_GROUPS.items()},
            "purchase_days_since": None if not signed else (self.as_of - max(signed)).days,
            "contract_anniversary_days": None if since is None else (anniversary(since, self.as_of) - self.as_of).days,
            **self.newest_only(
                employees=company[0]["employees"] if company else None, situation=situation,
                active_lines=count["ATIVO"], purchases_12m=hired[0]["purchases"] if hired else 0,
                purchase_value_12m=float(hired[0]["value"]) if hired else 0.0,
            ),
        }  # fmt: skip

    def newest_only(self, **snapshot: Any) -> Row:
        return {name: value if self.current else None for name, value in snapshot.items()}

    def money(self, key: str) -> Row:
        rows = [r for r in self.of("revenue_monthly", key) if r["month"] <= self.revenue_month]
        monthly: dict[date, Decimal] = defaultdict(Decimal)
        for r in rows:
            monthly[r["month"]] += r["mrr"] or Decimal(0)
        now = self.revenue_month
        families = {r["product_family"] for r in rows if r["month"] == now and r["mrr"]}
        paid = [month for month, mrr in monthly.items() if mrr > 0]
        units = {{"CRM": "rd_station", "TECHFIN": "techfin"}.get(family, "totvs_gestao") for family in families}
        users = [r["licensed_users"] for r in rows if r["month"] == now and r["licensed_users"] is not None]
        return {
            "business_units": sorted(units) or ["totvs_gestao"],
            "mrr": float(monthly.get(now, 0)),
            "mrr_trend_3m": trend(monthly, now, min(paid, default=None)),
            "mrr_growth_12m": growth(monthly.get(now, 0), monthly.get(add_months(now, -12))),
            **falls(rows, self.revenue_month),
            "licensed_users": sum(users),
            "revenue_months_24m": sum(month > add_months(now, -24) for month in paid),
            "has_revenue": any(month > add_months(now, -24) for month in paid),
            "families_count": len(families),
            **{f"family_{family.lower()}": family in families for family in PRODUCT_FAMILIES},
        }

    def usage(self, key: str) -> Row:
        rows = [r for r in self.of("usage_monthly", key) if r["month"] <= self.usage_month]
        now = self.usage_month
        minutes: dict[date, int] = defaultdict(int)
        for r in rows:
            minutes[r["month"]] += 0 if r["hours"] is None or math.isnan(r["hours"]) else round(r["hours"] * 60)
        used = [month for month, spent in minutes.items() if spent > 0]

        def most(column: str) -> int:
            return max((r[column] for r in rows if r["month"] == now and r[column] is not None), default=0)

        pace = minutes.get(now, 0) / month_days(now)
        before = minutes.get(add_months(now, -1), 0) / month_days(add_months(now, -1))
        found = {
            "usage_hours": minutes.get(now, 0) / 60,
            "usage_trend_3m": trend(minutes, now, min(minutes, default=None)),
            **use_falls(rows, minutes, now),
            "usage_active_users": most("active_users"),
            "usage_active_days": most("active_days"),
            "usage_modules": most("modules_used"),
            "usage_months_12m": sum(month > add_months(now, -12) for month in used),
            "usage_per_user": ratio(minutes.get(now, 0) / 60, most("active_users")),
            "usage_per_license": ratio(most("active_users"), self.money(key)["licensed_users"]),
            "duration_growth": growth(pace, before),
            "usage_idle_months": months_between(max(used), now) if used else None,
            "_minutes": minutes.get(now, 0),
            "_last_used": max(used, default=None),
        }
        if not rows:
            found = dict.fromkeys(found)
        return {"has_usage": any(r["month"] > add_months(now, -24) for r in rows), **found}

    def telemetry(self, key: str) -> Row:
        rows = [r for r in self.window if r["customer_id"] == key]
        sessions = [r for r in rows if r["status"] != "Negado"]
        seconds = sum(
            r["events"] * 2**self.cap if r["duration_bin"] >= self.cap else int(r["duration"] + 0.5)
            for r in sessions
            if r["duration_bin"] >= -1
        )
        last = max((r["day"] for r in sessions), default=None)
        used = self.usage(key)["_last_used"]
        away = None
        if last is not None:
            away = business_days_between(last, self.telemetry_day)
        elif used is not None:
            end = add_months(self.usage_month, 1) - timedelta(days=1)
            away = business_days_between(add_months(used, 1) - timedelta(days=1), end)
        denied = sum(r["events"] for r in rows if r["status"] == "Negado")
        return {
            "_seconds": seconds if rows and self.current else None,
            **self.newest_only(
                has_telemetry=bool(rows),
                telemetry_modules=len({r["module"] for r in sessions}) if rows else None,
                denied_share=ratio(denied, sum(r["events"] for r in rows)),
                telemetry_hours_day=seconds / 3600 / self.telemetry_business_days if rows else None,
                days_disconnected=away,
            ),
        }

    def finance(self, key: str) -> Row:
        late, unpaid, overdue, half_year, newest = [], [], [], [], []
        delays: list[tuple[date, int]] = []
        for r in self.of("invoices", key):
            if not r["due_on"] or r["due_on"] > self.as_of or r["status"] == "CANCELADA":
                continue
            if r["issued_on"] and r["issued_on"] > self.as_of:
                continue
            paid = r["paid_on"] if r["paid_on"] and r["paid_on"] <= self.as_of else None
            delays.append((r["due_on"], min(30, max(-10, ((paid or self.as_of) - r["due_on"]).days))))
            days = max(0, ((paid or self.as_of) - r["due_on"]).days)
            newest += [paid is None] * (r["due_on"] > self.back(2))
            if paid is None and r["due_on"] < self.as_of:
                overdue.append(r)
            if r["due_on"] > self.back(6):
                late.append(days)
                unpaid.append(paid is None)
                half_year.append(days > 0)
        return {
            "late_days_mean_6m": mean(late),
            "late_share_6m": mean(half_year),
            "unpaid_share_6m": mean(unpaid),
            "unpaid_share_2m": mean(newest),
            **delay_rises(delays, self.as_of),
            "overdue_count": len(overdue),
            "overdue_amount": float(sum((r["amount"] or Decimal(0) for r in overdue), Decimal(0))),
        }

    def support(self, key: str) -> Row:
        rows = [
            r for r in self.of("tickets", key)
            if r["created_on"] and r["created_on"] <= self.as_of and r["status"] != "deleted"
        ]  # fmt: skip
        year = [r for r in rows if r["created_on"] > self.back(12)]
        done = [
            r for r in rows
            if r["updated_on"] and r["updated_on"] <= self.as_of and r["status"] in ("closed", "solved")
        ]  # fmt: skip

        def within(first: int, last: int) -> int:
            return sum(last <= (self.as_of - r["created_on"]).days < first for r in rows)

        days = [(r["updated_on"] - r["created_on"]).days for r in done if r in year]
        return {
            "has_tickets": bool(rows),
            "tickets_90d": within(90, 0),
            "tickets_growth": growth(within(90, 0) + 1, within(180, 90) + 1) if within(180, 0) else None,
            "tickets_billing_share_12m": mean([r["billing"] for r in year if r["billing"] is not None]),
            "tickets_high_share_12m": mean([r["priority"] in ("high", "urgent") for r in year if r["priority"]]),
            "tickets_open": len(rows) - len(done),
            "ticket_days_median": median(days) if days else None,
        }

    def nps(self, key: str) -> Row:
        rows = [
            r for r in self.of("nps_answers", key)
            if r["answered_on"] and r["answered_on"] <= self.as_of
        ]  # fmt: skip
        scored = [r for r in rows if r["score"] is not None]
        year = [r["score"] for r in scored if r["answered_on"] > self.back(12)]
        before = [r["score"] for r in scored if self.back(24) < r["answered_on"] <= self.back(12)]

        def last(answers: list[Row]) -> int | None:
            newest = max((r["answered_on"] for r in answers), default=None)
            return min((r["score"] for r in answers if r["answered_on"] == newest), default=None)

        def note(*wanted: str) -> float | None:
            return mean(
                [
                    value
                    for r in rows
                    if r["answered_on"] > self.back(24)
                    for question, value in (r["drivers"] or {}).items()
                    if question in wanted or (r["survey"] == "suporte" and "suporte" in wanted)
                ]
            )

        return {
            "has_nps": bool(scored),
            "nps_last": last(scored),
            "nps_mean_12m": mean(year),
            "nps_answers_12m": len(year),
            "nps_trend": fmean(year) - fmean(before) if year and before else None,
            "nps_days_since": (self.as_of - max(r["answered_on"] for r in scored)).days if scored else None,
            "nps_relational_last": last([r for r in scored if r["survey"] == "relacional"]),
            "nps_driver_cost": note("Nota_Custos", "Nota Custo"),
            "nps_driver_support": note("Nota_SupTec_Agilidade", "suporte"),
            "nps_driver_software": note("Nota_Software"),
            "nps_value_shrunk": len(year) in (1, 2),
            "_votes": sum(score >= 9 for score in year) - sum(score <= 6 for score in year),
        }

    def commercial(self, key: str) -> Row:
        quotes = [r for r in self.of("quote_items", key) if r["quoted_on"] and r["quoted_on"] <= self.as_of]
        quoted = [r for r in quotes if r["quoted_on"] > self.back(12)]
        deals = [r for r in self.of("opportunities", key) if r["created_on"] <= self.as_of]
        closed = [r for r in deals if r["closed_on"] and r["closed_on"] <= self.as_of]
        year = [r for r in closed if r["closed_on"] > self.back(12)]
        wins, losses = (sum(r["result"] == word for r in year) for word in ("ganho", "perdido"))
        renewals = [
            r["expected_close_on"] for r in deals
            if r not in closed and r["kind"] == "renovacao" and r["expected_close_on"]
            and r["expected_close_on"] >= self.as_of
        ]  # fmt: skip
        hidden = {
            r["opportunity_id"]
            for r in self.published["opportunities"]
            if r["kind"] == "renovacao" and not (r["closed_on"] and r["closed_on"] <= self.as_of)
        }
        contacts = [
            r["at"].date()
            for r in self.of("activities", key)
            if r["at"].date() <= self.as_of and r["opportunity_id"] not in hidden
        ]
        events = Counter(
            r["kind"] for r in self.of("campaign_events", key) if self.back(12) < r["at"].date() <= self.as_of
        )  # fmt: skip
        return {
            "has_quotes": bool(quotes),
            "quotes_12m": len({r["quote_id"] for r in quoted}),
            "quote_value_12m": float(sum((r["total"] or Decimal(0) for r in quoted), Decimal(0))),
            "quote_days_since": (self.as_of - max(r["quoted_on"] for r in quotes)).days if quotes else None,
            "open_deals": sum(r not in closed and r["kind"] != "renovacao" for r in deals),
            "wins_12m": wins,
            "losses_12m": losses,
            "lost_renewals_12m": sum(r["result"] == "perdido" and r["kind"] == "renovacao" for r in year),
            "win_rate_12m": ratio(wins, wins + losses),
            **self.newest_only(renewal_days=(min(renewals) - self.as_of).days if renewals else None),
            "activities_90d": sum((self.as_of - day).days < 90 for day in contacts),
            "activity_days_since": (self.as_of - max(contacts)).days if contacts else None,
            "campaign_opens_12m": events["open"],
            "campaign_clicks_12m": events["click"],
        }

    def compare(self, rows: dict[str, Row]) -> None:
        """What looks at the others of the market segment."""
        segments: dict[str | None, list[Row]] = defaultdict(list)
        for row in rows.values():
            segments[row["market_segment"]].append(row)
        everyone = list(rows.values())
        for peers in segments.values():
            self._compare_use(peers)
            nps = group_nps(peers) if sum(r["nps_answers_12m"] for r in peers) >= 3 else group_nps(everyone)
            for row in peers:
                count, votes = row["nps_answers_12m"], row.pop("_votes_again", row["_votes"])
                own = 100 * votes / count if count else None
                row["nps_value"] = own if own is None or count >= 3 else (count * own + (3 - count) * nps) / 3
        for row in everyone:
            for name in [name for name in row if name.startswith("_")]:
                del row[name]

    def _compare_use(self, peers: list[Row]) -> None:
        used = [r["_minutes"] for r in peers if r["_minutes"]]
        for row in peers:
            row["usage_month_ratio"] = ratio(row["_minutes"], mean(used)) if row["_minutes"] is not None else None
        cap = quantile95([r["_seconds"] for r in peers if r["_seconds"]])
        capped = [round(min(r["_seconds"], cap)) for r in peers if r["_seconds"] is not None]
        for row in peers:
            own = None if row["_seconds"] is None else ratio(round(min(row["_seconds"], cap)), mean(capped))
            row["usage_ratio"] = (row["usage_month_ratio"] if own is None else own) if self.current else None
        for name, source in (("usage_month_percentile", "usage_month_ratio"), ("usage_percentile", "usage_ratio")):
            known = [r[source] for r in peers if r[source] is not None]
            for row in peers:
                row[name] = percentile(row[source], known)
