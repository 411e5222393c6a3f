"""The lists inside a customer's row: which rows, in which order, how many at most."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NestedList:
    """One list column: a SELECT of customer_id and `item` (a struct), ordered by `order`, newest `limit` if given."""

    name: str
    rows: str
    order: str
    limit: int | None = None

    def aggregate(self) -> str:
        """SELECT of customer_id and the list."""
        if self.limit is None:
            value = f"list(item ORDER BY {self.order})"
        else:
            value = f"max_by(item, {self.order}, {self.limit})"
        return f"SELECT customer_id, {value} AS items FROM ({self.rows}) WHERE customer_id IS NOT NULL GROUP BY customer_id"


def _pack(*columns: str) -> str:
    return "struct_pack(" + ", ".join(columns) + ") AS item"


REVENUE = NestedList(
    "revenue",
    f"""SELECT customer_id, month, {_pack("month := month", "mrr := mrr", "users := users")}
        FROM (SELECT customer_id, month, sum(mrr) AS mrr, sum(licensed_users) AS users
              FROM revenue_monthly WHERE month <= $closed_month GROUP BY customer_id, month)""",
    "month",
)
FAMILIES = NestedList(
    "families",
    f"""SELECT customer_id, mrr, product_family,
               {_pack("product_family := product_family", "mrr := mrr", "since := since")}
        FROM (SELECT customer_id, product_family, min(month) FILTER (mrr > 0) AS since,
                     sum(mrr) FILTER (month = newest) AS mrr
              FROM (SELECT *, max(month) OVER (PARTITION BY customer_id) AS newest
                    FROM revenue_monthly WHERE month <= $closed_month)
              GROUP BY customer_id, product_family) WHERE mrr > 0""",
    "mrr DESC, product_family",
)
USAGE = NestedList(
    "usage",
    f"""SELECT customer_id, month, {_pack("month := month", "hours := hours", "users := users", "days := days",
                                          "modules := modules")}
        FROM (SELECT customer_id, month, CAST(sum(CAST(hours AS DECIMAL(18,4))) AS DOUBLE) AS hours,
                     max(active_users) AS users, max(active_days) AS days, max(modules_used) AS modules
              FROM usage_monthly WHERE month <= $closed_month GROUP BY customer_id, month)""",
    "month",
)
LINES = NestedList(
    "lines",
    f"""SELECT customer_id, coalesce(signed_on, DATE '0001-01-01') AS known_on,
               {_pack("product := product", "revenue_line := revenue_line", "situation := situation",
                      "value := value", "signed_on := signed_on")}
        FROM contract_lines""",
    "(known_on, item)",
    100,
)
NPS = NestedList(
    "nps",
    f"""SELECT customer_id, coalesce(answered_on, DATE '0001-01-01') AS known_on,
               {_pack("survey := survey", "answered_on := answered_on", "score := score", "class := class",
                      "product := product")}
        FROM nps_answers WHERE answered_on IS NULL OR answered_on <= $as_of""",
    "(known_on, item)",
    100,
)
TICKETS_MONTHLY = NestedList(
    "tickets_monthly",
    f"""SELECT customer_id, month, {_pack("month := month", "total := total", "billing := billing",
                                          "urgent := urgent")}
        FROM (SELECT customer_id, CAST(date_trunc('month', created_on) AS DATE) AS month, count(*) AS total,
                     count(*) FILTER (billing) AS billing, count(*) FILTER (priority = 'urgent') AS urgent
              FROM tickets WHERE created_on <= $as_of GROUP BY ALL)""",
    "month",
)
TICKETS = NestedList(
    "tickets",
    f"""SELECT customer_id, created_on, ticket_id,
               {_pack("ticket_id := ticket_id", "created_on := created_on", "group_name := group_name",
                      "type := type", "priority := priority", "status := status")}
        FROM tickets WHERE created_on <= $as_of""",
    "(created_on, ticket_id)",
    50,
)
INVOICES = NestedList(
    "invoices",
    f"""SELECT customer_id, issued_on, invoice_id,
               {_pack("invoice_id := invoice_id", "issued_on := issued_on", "due_on := due_on",
                      "paid_on := paid_on", "amount := amount", "status := status", "days_late := days_late")}
        FROM (SELECT *, CASE WHEN status = 'CANCELADA' THEN 0
                             ELSE greatest(0, coalesce(paid_on, $as_of) - due_on) END AS days_late
              FROM invoices WHERE issued_on <= $as_of)""",
    "(issued_on, invoice_id)",
    36,
)
QUOTES = NestedList(
    "quotes",
    f"""SELECT customer_id, quoted_on, quote_id,
               {_pack("quote_id := quote_id", "quoted_on := quoted_on", "items := items", "total := total")}
        FROM (SELECT customer_id, quote_id, max(quoted_on) AS quoted_on, count(*) AS items, sum(total) AS total
              FROM quote_items WHERE quoted_on <= $as_of GROUP BY customer_id, quote_id)""",
    "(quoted_on, quote_id)",
    50,
)
OPPORTUNITIES = NestedList(
    "opportunities",
    f"""SELECT customer_id, created_on, opportunity_id,
               {_pack("opportunity_id := opportunity_id", "kind := kind", "product_family := product_family",
                      "value := value", "stage := stage", "result := result", "created_on := created_on",
                      "closed_on := closed_on", "expected_close_on := expected_close_on", "owner_id := owner_id",
                      "loss_reason := loss_reason", "competitor := competitor")}
        FROM opportunities WHERE created_on <= $as_of""",
    "(created_on, opportunity_id)",
    50,
)
ACTIVITIES = NestedList(
    "activities",
    f"""SELECT customer_id, "at", activity_id,
               {_pack('"at" := "at"', "kind := kind", "result := result", "minutes := minutes", "user_id := user_id")}
        FROM activities WHERE CAST("at" AS DATE) <= $as_of""",
    '("at", activity_id)',
    100,
)
CAMPAIGNS = NestedList(
    "campaigns",
    f"""SELECT customer_id, "at", event_id,
               {_pack('"at" := "at"', "kind := kind", "campaign_id := campaign_id", "channel := channel",
                      "variant := variant")}
        FROM campaign_events WHERE CAST("at" AS DATE) <= $as_of""",
    '("at", event_id)',
    100,
)
CONTACTS = NestedList(
    "contacts",
    f"""SELECT customer_id, contact_id,
               {_pack("contact_id := contact_id", "name := name", "job_title := job_title", "email := email",
                      "phone := phone", "preferred_channel := preferred_channel", '"role" := "role"',
                      "sentiment := sentiment", "consent_email := consent_email",
                      "consent_whatsapp := consent_whatsapp", "consent_sms := consent_sms",
                      "consented_on := consented_on")}
        FROM contacts""",
    "contact_id",
)
TELEMETRY = NestedList(
    "telemetry",
    f"""SELECT customer_id, day, {_pack("day := day", "events := events", "hours_capped := hours_capped",
                                        "modules := modules", "connected := connected", "denied := denied")}
        FROM (SELECT customer_id, day, sum(events) AS events,
                     sum(CASE WHEN status = 'Negado' OR duration_bin < -1 THEN 0
                              WHEN duration_bin >= $cap_bin THEN events * (1 << $cap_bin)
                              ELSE CAST(round(duration) AS BIGINT) END) / 3600 AS hours_capped,
                     count(DISTINCT module) AS modules, sum(CASE WHEN status = 'Negado' THEN 0 ELSE events END) AS connected,
                     sum(CASE WHEN status = 'Negado' THEN events ELSE 0 END) AS denied
              FROM usage_daily WHERE day <= $as_of GROUP BY customer_id, day)""",
    "day",
)
LISTS = (
    REVENUE, FAMILIES, USAGE, LINES, NPS, TICKETS_MONTHLY, TICKETS, INVOICES, QUOTES, OPPORTUNITIES, ACTIVITIES,
    CAMPAIGNS, CONTACTS, TELEMETRY,
)  # fmt: skip
