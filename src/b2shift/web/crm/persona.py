"""Who decides in a segment, what they value and how to speak to them: shares of many people, never one of them."""

from dataclasses import dataclass
from math import atanh, sqrt, tanh

from b2shift.kernel.wilson import Z95, wilson
from b2shift.lake.api import Lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import sees_whole_base, visible_customers

FEWEST = 20
"""People, messages or answers of which nothing is told below this."""
SHOWN = 3
_DECIDES = "decisor"
_WHOLE = "relacional"
"""The survey that asks about everything: points of others are of one event, and follow its grade more closely."""
_ANSWERING = "('click', 'reply', 'accept', 'purchase')"
_JOINED = "JOIN segments USING (customer_id) WHERE true {whose}"
_OF = "FILTER (segment_id = $segment)"


@dataclass(frozen=True)
class Part:
    """Something that people of the segment are, have or do, as a share of `of` of them and of all one sees."""

    label: str
    share: float
    everybody: float
    of: int


@dataclass(frozen=True)
class Driver:
    """A point of the surveys: its mean grade, and how closely the whole answer follows it."""

    name: str
    mean: float
    follows: float
    answers: int


@dataclass(frozen=True)
class Persona:
    """What is known of the people of a segment; empty where it is too little."""

    titles: tuple[Part, ...] = ()
    channels: tuple[Part, ...] = ()
    answering: tuple[Part, ...] = ()
    drivers: tuple[Driver, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.titles or self.channels or self.answering or self.drivers)


def visible_persona(user: User, segment: str) -> Persona:
    """The people of a segment's customers that a person sees; empty for who may not see segments."""
    read = lake()
    if not (may(user, Capability.SEGMENTS) and read.has("segments")):
        return Persona()
    whose, parameters = "", dict[str, object](segment=segment)
    if not sees_whole_base(user):
        whose = "AND customer_id IN (SELECT unnest($seen::VARCHAR[]))"
        parameters["seen"] = list(visible_customers(user).values_list("customer_id", flat=True))
    joined = _JOINED.format(whose=whose)
    return Persona(
        titles=_deciders(read, "job_title", joined, parameters),
        channels=_deciders(read, "preferred_channel", joined, parameters),
        answering=_answering(read, joined, parameters),
        drivers=_drivers(read, joined, parameters),
    )


def _deciders(read: Lake, column: str, joined: str, parameters: dict[str, object]) -> tuple[Part, ...]:
    """The commonest values of a column among those who decide."""
    if not read.has("contacts"):
        return ()
    rows = read.query(
        f"SELECT {column} AS label, count(*) {_OF} AS members, count(*) AS everybody FROM contacts {joined} "
        f"AND role = '{_DECIDES}' AND {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
        parameters,
    ).to_pylist()
    members, everybody = (sum(row[name] for row in rows) for name in ("members", "everybody"))
    if members < FEWEST:
        return ()
    return tuple(
        Part(row["label"], row["members"] / members, row["everybody"] / everybody, members)
        for row in rows[:SHOWN]
        if row["members"]
    )


def _answering(read: Lake, joined: str, parameters: dict[str, object]) -> tuple[Part, ...]:
    """Of messages sent by a channel, the share somebody answered or followed; the surest channel first."""
    if not read.has("campaign_events"):
        return ()
    rows = read.query(
        f"WITH one AS (SELECT campaign_id, customer_id, channel, segment_id, bool_or(kind = 'sent') AS sent, "
        f"bool_or(kind IN {_ANSWERING}) AS answered FROM campaign_events {joined} GROUP BY ALL) "
        f"SELECT channel AS label, count(*) {_OF} AS members, (count_if(answered) {_OF})::BIGINT AS did, "
        "count(*) AS everybody, count_if(answered)::BIGINT AS all_did FROM one "
        "WHERE sent AND channel IS NOT NULL GROUP BY 1",
        parameters,
    ).to_pylist()
    kept = sorted(
        (row for row in rows if row["members"] >= FEWEST),
        key=lambda row: (-wilson(row["did"], row["members"])[0], row["label"]),
    )
    return tuple(
        Part(row["label"], row["did"] / row["members"], row["all_did"] / row["everybody"], row["members"])
        for row in kept[:SHOWN]
    )


def _drivers(read: Lake, joined: str, parameters: dict[str, object]) -> tuple[Driver, ...]:
    """The points of the survey of the whole relation that its answer follows most surely."""
    if not read.has("nps_answers"):
        return ()
    rows = read.query(
        "SELECT one.key AS name, count(*) AS answers, avg(one.value) AS mean, corr(one.value, score) AS follows "
        f"FROM (SELECT score, unnest(map_entries(drivers)) AS one FROM nps_answers {joined} "
        f"AND segment_id = $segment AND survey = '{_WHOLE}') GROUP BY 1",
        parameters,
    ).to_pylist()
    found = [Driver(**row) for row in rows if row["answers"] >= FEWEST and row["follows"] is not None]
    return tuple(sorted(found, key=lambda one: (-_at_least(one), one.name))[:SHOWN])


def _at_least(one: Driver) -> float:
    """The lower end of the correlation's 95 % interval (Fisher's z)."""
    return tanh(atanh(min(max(one.follows, -0.999999), 0.999999)) - Z95 / sqrt(one.answers - 3))
