"""The customer 360 as a person may see it: never a contact, and sellers' work only for those who may."""

from dataclasses import dataclass
from datetime import date

from b2shift.identify import api as identify
from b2shift.identify.contracts import Customer360
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer


def visible_360(user: User, customer: Customer, *, whole: bool = False) -> Customer360 | None:
    """The 360 of a customer taken from `visible_customers(user)`; None when the lake holds nothing of it.

    The newest rows of each list, or all of them when it is asked for `whole`.

    Contacts are always left out: `ledger.personal.read_contacts` gives them, with a purpose and an audit event.
    """
    read = lake()
    found = identify.customer_360(read, customer.customer_id) if read.has("customer_360") else None
    if found is None:
        return None
    if whole:
        found = identify.whole_customer_360(read, found)
    return as_seen_by(user, found)


def as_seen_by(user: User, view: Customer360) -> Customer360:
    """A 360 without contacts, and without sellers' work for who may not see it."""
    hidden: dict[str, object] = {"contacts": ()}
    if not may(user, Capability.COMMERCIAL):
        hidden |= {"activities": (), "opportunities": ()}
    return view.model_copy(update=hidden)


@dataclass(frozen=True)
class Surrounding:
    """One figure of a public institute that holds for a customer's place or trade."""

    label: str
    value: float
    unit: str
    month: date
    change: float | None
    place: str
    institute: str


def surroundings(customer: Customer) -> list[Surrounding]:
    """What public institutes say of the place and trade of a customer; none when nothing was delivered."""
    read = lake()
    if not read.has("customer_environment"):
        return []
    rows = read.query(
        "SELECT * FROM customer_environment WHERE customer_id = ? ORDER BY municipality = '', label",
        [customer.customer_id],
    ).to_pylist()
    return [
        Surrounding(
            row["label"], row["value"], row["unit"], row["month"],
            row["value"] / row["year_before"] - 1 if row["year_before"] else None,
            row["municipality"], row["institute"],
        )
        for row in rows
    ]  # fmt: skip
