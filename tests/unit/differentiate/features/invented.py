"""Small ledgers drawn by chance, with the ties, gaps, nulls and late changes that real ones have."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from b2shift.kernel.calendar import add_months

NEWEST = date(2025, 3, 31)
FIRST_MONTH = date(2023, 4, 1)
FAMILIES = ("CRM", "TECHFIN", "BACKOFFICE", "RH")
Ledgers = dict[str, list[dict[str, Any]]]


def invent(seed: int, customers: int = 14) -> Ledgers:
    """Every refined table the features read."""
    chance = Random(seed)
    keys = [f"T{n:05d}" for n in range(customers)]
    draw = _Draw(chance, keys)
    return {
        "customer_registry": [
            {"customer_id": key, "customer_since": draw.perhaps(draw.day(4000))}
            for key in keys
            if chance.random() < 0.9
        ],
        "companies": [{"customer_id": key, "name": key, "employees": chance.randrange(500)} for key in keys[:-2]],
        "contract_lines": [draw.line() for _ in range(customers * 4)],
        "revenue_monthly": draw.revenue(),
        "usage_monthly": draw.usage(),
        "usage_daily": [draw.telemetry() for _ in range(customers * 12)],
        "invoices": [draw.invoice(number) for number in range(customers * 6)],
        "tickets": [draw.ticket(number) for number in range(customers * 12)],
        "nps_answers": [draw.answer() for _ in range(customers * 4)],
        "quote_items": [draw.quote() for _ in range(customers * 3)],
        "opportunities": [draw.deal(number) for number in range(customers * 4)],
        "activities": [draw.activity(number, customers * 4) for number in range(customers * 5)]
        + [{"activity_id": "z", "customer_id": None, "opportunity_id": None, "at": datetime.combine(NEWEST, time(9))}],
        "campaign_events": [draw.event(number) for number in range(customers * 4)],
        "purchases_12m": [{"customer_id": key, "purchases": 2, "value": Decimal("10.5")} for key in keys[:5]],
        "orders": [draw.order(number) for number in range(customers * 5)],
    }


class _Draw:
    """Rows of each ledger."""

    def __init__(self, chance: Random, keys: list[str]) -> None:
        self.chance, self.keys = chance, keys

    def perhaps(self, value: Any, share: float = 0.88) -> Any:
        return value if self.chance.random() < share else None

    def day(self, back: int, ahead: int = 0) -> date:
        return NEWEST - timedelta(days=self.chance.randint(-ahead, back))

    def of(self, **told: Any) -> dict[str, Any]:
        """A row of some customer; now and then of nobody."""
        return {"customer_id": self.chance.choice([*self.keys, *self.keys, "ORPHAN", None]), **told}

    def pick(self, *options: Any) -> Any:
        return self.chance.choice(options)

    def line(self) -> dict[str, Any]:
        return self.of(
            signed_on=self.perhaps(self.day(1500)),
            value=self.perhaps(Decimal(self.chance.randrange(-2000, 9_000_000)) / 100),
            situation=self.pick("ATIVO", "CANCELADO", "GRATUITO", "TROCADO", None),
            market_segment=self.pick("VAREJO", "VAREJO", "SAUDE", None),
            sub_segment=self.pick("a", "b"),
            state=self.pick("SP", "MG", None),
            revenue_range=self.pick("Faixa 01 - x", "Faixa 04 - x", "Sem Informações de Faturamento"),
            revenue_line_group=self.pick("SAAS", "CDU", "SMS", "CLOUD", "CONSULTORIA & SERVIÇOS", "OUTROS"),
        )

    def revenue(self) -> list[dict[str, Any]]:
        rows = []
        for key in [*self.keys[2:], "ORPHAN"]:
            for family in self.chance.sample(FAMILIES, self.chance.randint(1, 3)):
                first, last = sorted(self.chance.sample(range(25), 2))
                rows += [
                    {
                        "customer_id": key, "month": add_months(FIRST_MONTH, n), "product_family": family,
                        "mrr": self.pick(Decimal(self.chance.randrange(1, 90_000)) / 100, Decimal(0), None),
                        "licensed_users": self.perhaps(self.chance.randrange(9)),
                    }
                    for n in range(first, last)
                    if self.chance.random() < 0.9
                ]  # fmt: skip
        return rows

    def usage(self) -> list[dict[str, Any]]:
        rows = []
        for key in self.keys[:10]:
            for line in self.chance.sample(range(3), self.chance.randint(1, 2)):
                first, last = sorted(self.chance.sample(range(25), 2))
                rows += [
                    {
                        "customer_id": key, "month": add_months(FIRST_MONTH, n), "product_line": line,
                        "hours": self.pick(self.chance.random() * 300, 0.0, None, float("nan"), 7.5),
                        "active_users": self.perhaps(self.chance.randrange(20)),
                        "active_days": self.perhaps(self.chance.randrange(23)),
                        "modules_used": self.perhaps(self.chance.randrange(6)),
                    }
                    for n in range(first, last)
                ]  # fmt: skip
        return rows

    def telemetry(self) -> dict[str, Any]:
        seconds = self.pick(0.0, 0.25, -3.0, 90.0, 4000.0, float(2 ** self.chance.randrange(14)))
        seconds = 1e11 if self.chance.random() < 0.004 else seconds
        events = self.chance.randint(1, 9)
        size = -3 if seconds < 0 else -2 if seconds == 0 else -1 if seconds < 1 else int(seconds).bit_length() - 1
        return self.of(
            store="01", day=NEWEST - timedelta(days=self.chance.choice([1, 3, 4, 10, 11, 40])), product_line=2,
            module=self.chance.randrange(4),
            status=self.pick("Conectado", "Desconectado", "Desconectado", "Negado", None),
            duration_bin=size, events=events, duration=seconds * events,
        )  # fmt: skip

    def invoice(self, number: int) -> dict[str, Any]:
        issued = self.day(400)
        due = issued + timedelta(days=self.chance.randint(0, 40))
        paid = self.perhaps(due + timedelta(days=self.chance.randint(-10, 60)), 0.7)
        paid = paid if paid and paid <= NEWEST else None
        return self.of(
            invoice_id=f"F{number}", issued_on=self.perhaps(issued, 0.95), due_on=self.perhaps(due, 0.95), paid_on=paid,
            amount=self.perhaps(Decimal(self.chance.randrange(100, 90_000)) / 100),
            status=self.pick("CANCELADA", *["PAGA" if paid else "VENCIDA"] * 8),
        )  # fmt: skip

    def ticket(self, number: int) -> dict[str, Any]:
        created = self.day(450)
        updated = min(NEWEST, created + timedelta(days=self.chance.randint(0, 60)))
        return self.of(
            ticket_id=f"{number}", created_on=self.perhaps(created, 0.95), updated_on=self.perhaps(updated, 0.95),
            billing=self.pick(True, False, None), priority=self.pick("low", "normal", "high", "urgent", None),
            status=self.pick("closed", "closed", "closed", "solved", "open", "deleted", None),
        )  # fmt: skip

    def answer(self) -> dict[str, Any]:
        survey = self.pick("relacional", "produto", "suporte", "aquisicao")
        notes = {
            "relacional": ("Nota_SupTec_Agilidade", "Nota_Custos", "Nota_Software", "resposta_unidade"),
            "suporte": ("Nota_Solucao", "Nota_Facilidade"),
            "aquisicao": ("Nota Custo", "Nota Facilidade"),
        }.get(survey, ())
        return self.of(
            survey=survey, answered_on=self.perhaps(self.day(1000), 0.92),
            score=self.perhaps(self.chance.randrange(11)),
            drivers=self.perhaps({note: self.chance.randrange(11) for note in notes if self.chance.random() < 0.7}),
        )  # fmt: skip

    def quote(self) -> dict[str, Any]:
        return self.of(
            quote_id=f"Q{self.chance.randrange(20)}", quoted_on=self.perhaps(self.day(700)),
            total=self.perhaps(Decimal(self.chance.randrange(9_999_999)) / 10_000),
        )  # fmt: skip

    def order(self, number: int) -> dict[str, Any]:
        return self.of(
            order_id=f"P{number}", ordered_on=self.perhaps(self.day(900)),
            amount=self.perhaps(Decimal(self.chance.randrange(999_999)) / 100),
            status=self.pick("FATURADO", "ABERTO", "CANCELADO", None),
        )  # fmt: skip

    def deal(self, number: int) -> dict[str, Any]:
        created = self.day(800)
        closed = created + timedelta(days=self.chance.randint(10, 120))
        closed_by_now = closed if closed <= NEWEST else None
        kind = self.pick("renovacao", "renovacao", "upsell", "cross_sell", None)
        return self.of(
            opportunity_id=f"O{number}", kind=kind, created_on=created, closed_on=closed_by_now,
            expected_close_on=self.perhaps(closed + timedelta(days=self.chance.randint(-20, 20))),
            result=self.pick("ganho", "perdido") if closed_by_now else "aberto", owner_id="U1",
        )  # fmt: skip

    def activity(self, number: int, deals: int) -> dict[str, Any]:
        moment = datetime.combine(self.day(500), time(self.chance.randrange(24), 59, 59))
        deal = self.perhaps(f"O{self.chance.randrange(deals)}")
        return self.of(activity_id=f"A{number}", at=moment, opportunity_id=deal)

    def event(self, number: int) -> dict[str, Any]:
        moment = datetime.combine(self.day(500), time(self.chance.randrange(24), 30))
        return self.of(event_id=f"E{number}", at=moment, kind=self.pick("sent", "open", "click"))
