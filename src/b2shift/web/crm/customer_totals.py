"""Customers added up one by one: how many, their revenue, the mean of their risks."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(kw_only=True)
class CustomerTotals:
    """What a group of customers adds up to."""

    customers: int = 0
    mrr: Decimal = Decimal(0)
    risks: list[float] = field(default_factory=list)

    def add(self, mrr: Decimal | None, risk: float | None) -> None:
        """One customer more; what is not known of it adds nothing."""
        self.customers += 1
        self.mrr += mrr or Decimal(0)
        self.risks += [] if risk is None else [risk]

    @property
    def risk(self) -> float | None:
        """Mean churn risk of those that have one."""
        return sum(self.risks) / len(self.risks) if self.risks else None
