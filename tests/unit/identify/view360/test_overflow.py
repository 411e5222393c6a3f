"""A customer with thousands of events is told to the end, in one order, and costs a few row groups."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from tests.unit.identify.view360.test_lists import AS_OF, C, mine, seen

from b2shift.identify.api import customer_360, whole_customer_360
from b2shift.lake.api import open_lake


def test_five_thousand_tickets_and_nothing_of_anybody_else(tmp_path: Path) -> None:
    first, morning = date(2011, 1, 1), datetime.combine(date(2024, 1, 1), time(8))
    found = seen(
        tmp_path,
        tickets=[mine(ticket_id=f"{n:05d}", created_on=first + timedelta(days=n)) for n in range(5000)],
        activities=[mine(activity_id=f"a{n:03d}", at=morning + timedelta(hours=n), kind="ligacao") for n in range(130)],
    )
    lake = open_lake(tmp_path)
    whole = whole_customer_360(lake, found)
    assert (len(found.tickets), len(whole.tickets)) == (50, 5000)
    assert whole.tickets[:50] == found.tickets
    assert [one.ticket_id for one in whole.tickets] == [f"{n:05d}" for n in reversed(range(5000))]
    assert [one.at for one in whole.activities] == sorted((one.at for one in whole.activities), reverse=True)
    assert len(whole.activities) == 130
    assert whole.revenue == found.revenue
    assert {one["customer_id"] for one in lake.query("FROM customer_360_older").to_pylist()} == {C}


def test_short_lists_leave_nothing_out(tmp_path: Path) -> None:
    found = seen(tmp_path, tickets=[mine(ticket_id="1", created_on=AS_OF)])
    lake = open_lake(tmp_path)
    assert lake.info("customer_360_older").rows == 0
    assert whole_customer_360(lake, found) is found
    other = customer_360(lake, "TBBBBB")
    assert other is not None
    assert whole_customer_360(lake, other) is other
