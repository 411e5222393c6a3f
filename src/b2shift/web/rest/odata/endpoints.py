"""`/api/v1/odata/`: the star's tables over the customers the caller sees, a page at a time."""

import json
import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import Router

from b2shift.kernel.errors import InputError
from b2shift.metrics.api import Statement, star_rows, star_tables
from b2shift.web.accounts.permissions import Capability
from b2shift.web.crm.lake import lake
from b2shift.web.crm.questions import rows_of
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.odata.edm import columns_of, metadata
from b2shift.web.rest.odata.filters import condition, order, wrong
from b2shift.web.rest.problems import not_found

router = Router(tags=["odata"])
OPTIONS = {"$filter", "$select", "$orderby", "$top", "$skip", "$count", "$format", "$skiptoken"}
PAGE, LARGEST = 20_000, 10**9
AT = "@"
"""Before the names of the key columns that the next page starts from."""
HEADERS = {"OData-Version": "4.0"}


@router.get("/", include_in_schema=False, **secured(Capability.CUSTOMERS))
def service(request: HttpRequest) -> HttpResponse:
    """The entity sets there are."""
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in star_tables()]
    return _json({"@odata.context": f"{_base(request)}$metadata", "value": sets})


@router.get("/$metadata", include_in_schema=False, **secured(Capability.CUSTOMERS))
def describe(request: HttpRequest) -> HttpResponse:
    """Their properties and types."""
    return HttpResponse(metadata(), content_type="application/xml; charset=utf-8", headers=HEADERS)


@router.get("/{name}/$count", include_in_schema=False, **secured(Capability.CUSTOMERS))
def count_rows(request: HttpRequest, name: str) -> HttpResponse:
    """How many rows a set has for this caller."""
    _known(request, name)
    statement = _rows(request, name)
    return HttpResponse(str(_count(statement)), content_type="text/plain; charset=utf-8", headers=HEADERS)


@router.get("/{name}", include_in_schema=False, **secured(Capability.CUSTOMERS))
def list_rows(request: HttpRequest, name: str) -> HttpResponse:
    """A set's rows: `$filter`, `$select`, `$orderby`, `$top`, `$skip`, `$count`; more rows by `@odata.nextLink`."""
    _known(request, name)
    asked, table = request.GET, star_tables()[name]
    statement = _rows(request, name)
    payload: dict[str, Any] = {"@odata.context": f"{_base(request)}$metadata#{name}"}
    if asked.get("$count", "false") == "true":
        payload["@odata.count"] = _count(statement)
    columns = _selected(asked.get("$select", ""), name)
    skip_token = SkipToken.of(asked.get("$skiptoken", ""), len(table.key))
    left = max(0, (_whole(asked["$top"]) if "$top" in asked else LARGEST) - skip_token.rows_read)
    size, by_key = min(PAGE, left), "$orderby" not in asked
    after = _after(statement, name, skip_token) if by_key else "true"
    skip = 0 if skip_token.key else _whole(asked.get("$skip", "0")) + skip_token.rows_read
    places = [*order(asked.get("$orderby", ""), columns_of(name)), *(f'"{key}"' for key in table.key)]
    keys = [f'"{key}"::VARCHAR AS "{AT}{key}"' for key in table.key]
    sql = (
        f"SELECT {', '.join([*columns, *keys])} FROM ({statement.sql}) WHERE {after} ORDER BY {', '.join(places)} "
        f"LIMIT {size + (left > size)} OFFSET {skip}"
    )
    rows = lake().query(sql, statement.parameters).to_pylist()
    payload["value"] = [_plain(row) for row in rows[:size]]
    if len(rows) > size:
        last = tuple(rows[size - 1][f"{AT}{key}"] for key in table.key)
        payload["@odata.nextLink"] = _next(
            request, name, SkipToken(skip_token.rows_read + size, last if by_key else ())
        )
    return _json(payload)


@dataclass(frozen=True)
class SkipToken:
    """How far a caller has read: so many rows, and by the usual order the key of the last one."""

    rows_read: int = 0
    key: tuple[str, ...] = ()

    @classmethod
    def of(cls, token: str, parts: int) -> "SkipToken":
        """What a token of ours says; InputError for one that is none."""
        if not token:
            return cls()
        try:
            rows_read, *key = json.loads(token)
        except ValueError as error:
            raise wrong("$skiptoken") from error
        fits = isinstance(rows_read, int) and 0 <= rows_read < LARGEST and len(key) in {0, parts}
        if not fits or not all(isinstance(one, str) for one in key):
            raise wrong("$skiptoken")
        return cls(rows_read, tuple(key))

    @property
    def encoded(self) -> str:
        """As an address carries it."""
        return json.dumps([self.rows_read, *self.key], ensure_ascii=False, separators=(",", ":"))


def _after(statement: Statement, name: str, skip_token: SkipToken) -> str:
    """Rows behind the last key told: no page reads again what the ones before had."""
    if not skip_token.key:
        return "true"
    known = columns_of(name)
    keys = star_tables()[name].key
    bound = [f"{statement.bind(v)}{known[key].cast}" for key, v in zip(keys, skip_token.key, strict=True)]
    return f"({', '.join(known[key].sql for key in keys)}) > ({', '.join(bound)})"


def _rows(request: HttpRequest, name: str) -> Statement:
    """The rows of the caller's own scope, filtered; the scope is inside, where no filter reaches it."""
    statement = star_rows(lake(), name, rows_of(caller_of(request).person))
    asked = request.GET.get("$filter", "").strip()
    if asked:
        statement.sql = f"SELECT * FROM ({statement.sql}) WHERE {condition(asked, columns_of(name), statement)}"
    return statement


def _count(statement: Statement) -> int:
    found = lake().query(f"SELECT count(*) AS n FROM ({statement.sql})", statement.parameters).to_pylist()
    return int(found[0]["n"])


def _known(request: HttpRequest, name: str) -> None:
    if name not in star_tables():
        raise not_found()
    for option in request.GET:
        if option not in OPTIONS:
            raise InputError(gettext("Não há este parâmetro"), value=option[:80], hint=", ".join(sorted(OPTIONS)))
    if request.GET.get("$format", "json").partition(";")[0] not in {"json", "application/json"}:
        raise wrong("$format")


def _selected(text: str, name: str) -> list[str]:
    known = columns_of(name)
    wanted = [one.strip() for one in text.split(",") if one.strip()] or list(known)
    for one in wanted:
        if one not in known:
            raise wrong(one)
    return [known[one].sql for one in dict.fromkeys(wanted)]


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise wrong(text)
    return int(text)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON has them; what is no number is null."""
    return {name: _value(value) for name, value in row.items() if not name.startswith(AT)}


def _value(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case float():
            return value if math.isfinite(value) else None
        case date():
            return value.isoformat()
        case _:
            return value


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/api/v1/odata/")


def _next(request: HttpRequest, name: str, skip_token: SkipToken) -> str:
    params = {key: value for key, value in request.GET.items() if key != "$skiptoken"} | {
        "$skiptoken": skip_token.encoded
    }
    return f"{_base(request)}{name}?{urlencode(params)}"


def _json(payload: dict[str, Any]) -> HttpResponse:
    kind = "application/json; odata.metadata=minimal; charset=utf-8"
    return HttpResponse(json.dumps(payload, ensure_ascii=False, allow_nan=False), content_type=kind, headers=HEADERS)
