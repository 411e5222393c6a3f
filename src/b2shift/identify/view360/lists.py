"""The list columns of `customer_360`: their rows, order and limit."""

from collections.abc import Mapping
from dataclasses import dataclass

from b2shift.lake.api import quote


@dataclass(frozen=True)
class NestedList:
    """One list column: the `fields` of `rows` (a SELECT with customer_id), the first `limit` in this `order`."""

    name: str
    fields: tuple[str, ...]
    rows: str
    order: str
    limit: int | None = None

    @property
    def item(self) -> str:
        """SQL of one row as a struct."""
        return f"struct_pack({', '.join(f'{quote(field)} := {quote(field)}' for field in self.fields)})"

    def of(self, parameters: Mapping[str, str]) -> str:
        """SELECT of the rows, with $parameters substituted."""
        rows = self.rows
        for parameter, value in parameters.items():
            rows = rows.replace(parameter, value)
        return rows


REVENUE = NestedList(
    "revenue",
    ("month", "mrr", "users", "settled"),
    """SELECT customer_id, month, sum(mrr) AS mrr, sum(licensed_users) AS users,
              list_sort(array_agg(DISTINCT reason) FILTER (origin <> 'delivered')) AS settled
       FROM recurring_revenue WHERE month <= $closed_month GROUP BY customer_id, month""",
    "month",
)
FAMILIES = NestedList(
    "families",
    ("product_family", "mrr", "since"),
    """SELECT customer_id, product_family, min(month) FILTER (mrr > 0) AS since, sum(mrr) FILTER (month = newest) AS mrr
       FROM (SELECT *, max(month) OVER (PARTITION BY customer_id) AS newest
             FROM recurring_revenue WHERE month <= $closed_month)
       GROUP BY customer_id, product_family HAVING sum(mrr) FILTER (month = newest) > 0""",
    "mrr DESC, product_family",
)
USAGE = NestedList(
    "usage",
    ("month", "hours", "users", "days", "modules"),
    """SELECT customer_id, month, CAST(sum(TRY_CAST(hours AS DECIMAL(18,4))) AS DOUBLE) AS hours,
              max(active_users) AS users, max(active_days) AS days, max(modules_used) AS modules
       FROM usage_monthly WHERE month <= $closed_month GROUP BY customer_id, month""",
    "month",
)
LINES = NestedList(
    "lines",
    ("product", "revenue_line", "situation", "value", "signed_on"),
    "SELECT * FROM contract_lines WHERE signed_on IS NULL OR signed_on <= $as_of",
    "signed_on DESC NULLS LAST, product, revenue_line, situation, value DESC",
    100,
)
NPS = NestedList(
    "nps",
    ("survey", "answered_on", "score", "class", "product"),
    "SELECT * FROM nps_answers WHERE score IS NOT NULL AND (answered_on IS NULL OR answered_on <= $as_of)",
    "answered_on DESC NULLS LAST, survey, ticket_id DESC, product, score",
    100,
)
TICKETS_MONTHLY = NestedList(
    "tickets_monthly",
    ("month", "total", "billing", "urgent"),
    """SELECT customer_id, CAST(date_trunc('month', created_on) AS DATE) AS month, count(*) AS total,
              count(*) FILTER (billing) AS billing, count(*) FILTER (priority = 'urgent') AS urgent
       FROM tickets WHERE created_on <= $as_of GROUP BY ALL""",
    "month",
)
TICKETS = NestedList(
    "tickets",
    ("ticket_id", "created_on", "group_name", "type", "priority", "status"),
    "SELECT * FROM tickets WHERE created_on IS NULL OR created_on <= $as_of",
    "created_on DESC NULLS LAST, ticket_id DESC",
    50,
)
INVOICES = NestedList(
    "invoices",
    ("invoice_id", "issued_on", "due_on", "paid_on", "amount", "status", "days_late"),
    """SELECT * REPLACE (CASE WHEN paid_on <= $as_of THEN paid_on END AS paid_on),
              CASE WHEN status = 'CANCELADA' THEN 0
                   ELSE greatest(0, CASE WHEN paid_on <= $as_of THEN paid_on ELSE $as_of END - due_on) END AS days_late
       FROM invoices WHERE issued_on IS NULL OR issued_on <= $as_of""",
    "issued_on DESC NULLS LAST, invoice_id DESC",
    36,
)
ORDERS = NestedList(
    "orders",
    ("order_id", "ordered_on", "product_family", "amount", "status"),
    "SELECT * FROM orders WHERE ordered_on IS NULL OR ordered_on <= $as_of",
    "ordered_on DESC NULLS LAST, order_id DESC",
    50,
)
QUOTES = NestedList(
    "quotes",
    ("quote_id", "quoted_on", "items", "total"),
    """SELECT customer_id, quote_id, max(quoted_on) AS quoted_on, count(*) AS items, sum(total) AS total
       FROM quote_items WHERE quote_id IS NOT NULL AND (quoted_on IS NULL OR quoted_on <= $as_of)
       GROUP BY customer_id, quote_id""",
    "quoted_on DESC NULLS LAST, quote_id DESC",
    50,
)
OPPORTUNITIES = NestedList(
    "opportunities",
    (
        "opportunity_id",
        "kind",
        "product_family",
        "value",
        "stage",
        "result",
        "created_on",
        "closed_on",
        "expected_close_on",
        "owner_id",
        "loss_reason",
        "competitor",
    ),
    """SELECT * REPLACE (CASE WHEN closed_on > $as_of THEN NULL ELSE closed_on END AS closed_on,
                         CASE WHEN closed_on > $as_of THEN 'aberto' ELSE result END AS result,
                         CASE WHEN closed_on > $as_of THEN NULL ELSE loss_reason END AS loss_reason)
       FROM opportunities WHERE created_on IS NULL OR created_on <= $as_of""",
    "created_on DESC NULLS LAST, opportunity_id DESC",
    50,
)
ACTIVITIES = NestedList(
    "activities",
    ("at", "kind", "result", "minutes", "user_id"),
    'SELECT * FROM activities WHERE CAST("at" AS DATE) <= $as_of',
    '"at" DESC, activity_id DESC',
    100,
)
CAMPAIGNS = NestedList(
    "campaigns",
    ("at", "kind", "campaign_id", "channel", "variant"),
    'SELECT * FROM campaign_events WHERE CAST("at" AS DATE) <= $as_of',
    '"at" DESC, event_id DESC',
    100,
)
CONTACTS = NestedList(
    "contacts",
    (
        "contact_id",
        "name",
        "job_title",
        "email",
        "phone",
        "preferred_channel",
        "role",
        "sentiment",
        "consent_email",
        "consent_whatsapp",
        "consent_sms",
        "consented_on",
    ),
    "SELECT * FROM contacts",
    "contact_id",
)
TELEMETRY = NestedList(
    "telemetry",
    ("day", "events", "hours_capped", "modules", "connected", "denied"),
    """SELECT customer_id, day, sum(events) AS events,
              sum(CASE WHEN status = 'Negado' OR duration_bin < -1 THEN 0
                       WHEN duration_bin >= $cap_bin THEN events * $cap_seconds
                       ELSE CAST(round(duration) AS BIGINT) END) / 3600 AS hours_capped,
              count(DISTINCT module) AS modules,
              sum(CASE WHEN status = 'Negado' THEN 0 ELSE events END) AS connected,
              sum(CASE WHEN status = 'Negado' THEN events ELSE 0 END) AS denied
       FROM usage_daily WHERE day <= $as_of GROUP BY customer_id, day""",
    "day",
)
LISTS = (
    REVENUE, FAMILIES, USAGE, LINES, NPS, TICKETS_MONTHLY, TICKETS, INVOICES, ORDERS, QUOTES, OPPORTUNITIES, ACTIVITIES,
    CAMPAIGNS, CONTACTS, TELEMETRY,
)  # fmt: skip
