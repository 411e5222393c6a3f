"""Whatever one sends, the API answers: never with a failure of its own."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.web.accounts.roles import Role
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.rest.api import api
from b2shift.web.rest.rate_limits import buckets

pytestmark = pytest.mark.records

SCHEMA = api.get_openapi_schema(path_prefix="/api/v1/")
PATHS = sorted(path for path, methods in SCHEMA["paths"].items() if "get" in methods)
KNOWN = {
    "campaign_id": ["C003", "boa"],
    "customer_id": ["10001", "C00009", "c00019"],
    "segment_id": ["s0", "s1"],
    "proposal_id": ["p_1", "p_5"],
    "message_id": ["1"],
    "journey_id": ["recuperacao"],
    "alert_id": ["1"],
    "edition_id": ["1"],
}
ODD = [
    "", " ", "\x00", "'", '"; DROP TABLE crm_customer;--', "%", "_", "|", "é", "ß", "İ", "\ufeff", "😀", "-1", "1e999",
    "NaN", "Infinity", "9" * 400, "null", "true", "../..", "*", "a" * 5000, "OR", "NEAR(", '"', "^", "{}", "[]",
]  # fmt: skip
ANY = st.one_of(st.sampled_from(ODD), st.text(max_size=40))


def values(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """Values a parameter may have, by what the schema says of it."""
    if "anyOf" in schema:
        return st.one_of([values(one) for one in schema["anyOf"] if one.get("type") != "null"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "integer":
            return st.integers(schema.get("minimum", -(10**6)), schema.get("maximum", 10**6)).map(str)
        case "number":
            return st.floats(-(10**6), 10**6, allow_nan=False).map(str)
        case "boolean":
            return st.sampled_from(["true", "false", "1", "0", "yes"])
        case _:
            return st.text(max_size=20)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """An address of the schema, with codes and parameters right, odd, missing or made up."""
    path = draw(st.sampled_from(PATHS))
    operation = SCHEMA["paths"][path]["get"]
    told: dict[str, str] = {}
    for parameter in operation["parameters"]:
        name = parameter["name"]
        if parameter["in"] == "path":
            code = draw(st.one_of(st.sampled_from(KNOWN[name]), st.text(min_size=1, max_size=12)))
            path = path.replace(f"{{{name}}}", quote(code, safe=""))
        elif draw(st.booleans()):
            told[name] = draw(st.one_of(values(parameter["schema"]), ANY))
    if draw(st.integers(0, 9)) == 0:
        told[draw(st.text(max_size=8))] = draw(ANY)
    return path, told


@pytest.fixture
def callers(program: Any) -> dict[Role, Client]:
    return {role: program(role) for role in Role}


@settings(max_examples=300)
@given(asked=requests(), role=st.sampled_from(Role))
def test_no_request_breaks_the_api(callers: dict[Role, Client], asked: tuple[str, dict[str, str]], role: Role) -> None:
    buckets.clear()
    path, told = asked
    audited = AuditEvent.objects.count()
    answer = callers[role].get(path, told)
    assert answer.status_code in {200, 403, 404, 422}, (path, told, answer.content)
    if answer.status_code == 200:
        assert answer.headers["Content-Type"].startswith("application/json")
    else:
        assert answer.json()["status"] == answer.status_code
        assert AuditEvent.objects.count() == audited


HEADERS = [
    "Authorization", "Accept-Language", "If-None-Match", "If-Modified-Since", "If-Match", "X-Request-ID", "Cookie",
    "Accept", "Range", "X-Forwarded-For", "Content-Type", "Content-Length", "Host", "HX-Request",
]  # fmt: skip
WIRE = ANY.map(lambda text: text.encode().decode("latin-1"))  # as a server hands the bytes of a header on


@settings(max_examples=150)
@given(
    sent=st.dictionaries(st.sampled_from(HEADERS), WIRE, max_size=5),
    path=st.sampled_from(["customers", "me", "nada"]),
)
def test_no_header_breaks_the_api(callers: dict[Role, Client], sent: dict[str, str], path: str) -> None:
    buckets.clear()
    answer = callers[Role.MANAGER].get(f"/api/v1/{path}", headers=sent)
    assert answer.status_code in {200, 304, 400, 401, 404, 412, 413}, (sent, answer.content)


@settings(max_examples=60)
@given(query=st.binary(max_size=60))
def test_no_bytes_break_the_api(callers: dict[Role, Client], query: bytes) -> None:
    buckets.clear()
    answer = callers[Role.ANALYST].get("/api/v1/customers", QUERY_STRING=query.decode("latin-1"))
    assert answer.status_code in {200, 422}
