"""What programs are promised: the schema is kept as it was read last, and every answer agrees with it."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from tests.unit.web.journeys.world import SHORT

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import TokenScope
from b2shift.web.journeys.models import Enrolment, Running, Version
from b2shift.web.outbox.models import Message
from b2shift.web.watch.models import Alert, Edition, Firing, Report


@pytest.fixture
def schema(published: object) -> dict[str, Any]:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


# What changes from one moment to the next, whatever was published.
CHECKED = ("/scores/accuracy", "/scores/calibration")
LIVE = re.compile(r"/journeys|/messages|/tasks|/alerts|/reports|/contact$")


def operations(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, one) for path, methods in schema["paths"].items() for one in methods.values()]


def without_prose(told: Any) -> Any:
    """The schema as programs depend on it: what people read in it may be said better at any time."""
    if isinstance(told, dict):
        prose = {"description", "summary", "title", "examples", "example"}
        return {
            name: without_prose(one)
            for name, one in told.items()
            if name not in prose or not isinstance(one, str | list)
        }
    return [without_prose(one) for one in told] if isinstance(told, list) else told


def test_the_schema_is_the_one_agreed(schema: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    """A change of the contract is seen in the diff of the snapshot: `pytest --snapshot-update` accepts it."""
    assert without_prose(schema) == snapshot(extension_class=JSONSnapshotExtension)


def test_every_operation_is_described(schema: dict[str, Any]) -> None:
    assert schema["info"]["title"] == "B2Shift"
    assert "Bearer b2s_" in schema["info"]["description"]
    assert len(operations(schema)) == 35
    for path, one in operations(schema):
        assert one["summary"], path
        assert one["description"], path
        for parameter in one["parameters"]:
            told = parameter.get("description") or parameter["schema"].get("description")
            assert told, (path, parameter["name"])
        assert {"200", "401", "403", "404", "422", "429", "500", "503"} <= set(one["responses"])
        cached = path.rpartition("/")[2] not in {"contacts", "me", "catalogue"} and not LIVE.search(path)
        assert ("304" in one["responses"]) == ("ETag" in one["responses"]["200"]["headers"]) == cached, path


def test_every_field_of_ours_is_described(schema: dict[str, Any]) -> None:
    silent = [
        f"{name}.{field}"
        for name in (
            "CustomerSummary",
            "Customer",
            "SegmentSummary",
            "Proposal",
            "Rule",
            "Load",
            "ScoreCard",
            "Problem",
        )
        for field, told in schema["components"]["schemas"][name]["properties"].items()
        if not told.get("description")
    ]
    assert not silent


def test_scopes_named_are_scopes_there_are(schema: dict[str, Any]) -> None:
    assert set(schema["components"]["securitySchemes"]) == {"token", "session"}
    named = {scope for _path, one in operations(schema) for told in one["security"] for scope in told.get("token", [])}
    assert named <= set(TokenScope.values)
    assert {"customers:read", "contacts:read", "quality:read", "models:read"} <= named


def test_references_lead_somewhere(schema: dict[str, Any]) -> None:
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(schema))):
        place = schema
        for step in reference.split("/"):
            place = place[step]


def test_money_is_text(schema: dict[str, Any]) -> None:
    mrr = schema["components"]["schemas"]["CustomerSummary"]["properties"]["mrr"]
    amount, nothing = mrr["anyOf"]
    assert (amount["type"], amount["format"]) == ("string", "decimal")
    assert nothing == {"type": "null"}, "of a base that never delivered any"


def test_answers_agree_with_the_schema(schema: dict[str, Any], program: Any) -> None:
    """Every field promised is there, and no other; checked over the first item of every answer."""
    client = program(Role.ANALYST)
    told = {"customer_id": "10001", "channel": "email", "effect": {}, "payload": {}}
    message = Message.objects.create(dedupe_key="k", due_at=timezone.now(), created_at=timezone.now(), **told)
    codes = {"customer_id": "10001", "segment_id": "s1", "proposal_id": "p_1", "message_id": message.pk}
    codes |= _of_analyst(User.objects.get(role=Role.ANALYST))
    codes["journey_id"] = _journey(User.objects.get(role=Role.ANALYST))
    read = [(path, methods["get"]) for path, methods in schema["paths"].items() if "get" in methods]
    read = [(path, one) for path, one in read if not path.endswith(CHECKED) and "/effects" not in path]
    asks = {"/api/v1/customers/{customer_id}/contacts": {"purpose": "venda"}, "/api/v1/answers": {"question": "MRR"}}
    for path, one in read:
        reader = program(Role.MARKETING) if "contacts" in path or "tasks" in path else client
        answer = reader.get(path.format(**codes), asks.get(path, {}))
        assert answer.status_code == 200, path
        content = one["responses"]["200"]["content"]
        if "application/json" in content:
            _agrees(schema, content["application/json"]["schema"], answer.json(), path)
        else:
            assert answer.headers["Content-Type"] in content, path


def test_outcomes_of_scores_agree_with_the_schema(schema: dict[str, Any], program: Any, checked: None) -> None:
    """They are read of a lake that has outcomes."""
    for path in (path for path in schema["paths"] if path.endswith(CHECKED)):
        answer = program(Role.ANALYST).get(path)
        assert answer.json()["items"]
        told = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        _agrees(schema, told, answer.json(), path)


def test_effects_agree_with_the_schema(schema: dict[str, Any], program: Any, measured: None) -> None:
    """They are read of a lake that has campaigns."""
    paths = [path for path in schema["paths"] if "/effects" in path]
    assert len(paths) == 3
    for path in paths:
        answer = program(Role.ANALYST).get(path.format(campaign_id="boa"))
        assert answer.status_code == 200, path
        told = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        _agrees(schema, told, answer.json(), path)


def _of_analyst(analyst: User) -> dict[str, int]:
    """An alert that fired and a file of a report, of the one who reads."""
    rule = {"condition": {"field": "mrr", "op": "gt", "value": 1}}
    query = {"intent": "alert", "metrics": ["mrr"]} | rule
    alert = Alert.objects.create(owner=analyst, text="MRR", query=query, rule=rule, scope={})
    told: dict[str, Any] = {"query": {}, "fingerprint": "a1", "version": 1, "as_of": date(2026, 10, 31)}
    Firing.objects.create(alert=alert, look="v1", value=2.5, counted=3, at=timezone.now(), **told)
    report = Report.objects.create(owner=analyst, title="MRR", answers=[])
    edition = Edition.objects.create(
        report=report, person=analyst, day=date(2026, 11, 3), format="pdf", name="x.pdf", content=b"%PDF", version=1
    )
    return {"alert_id": alert.pk, "edition_id": edition.pk}


def _agrees(schema: dict[str, Any], told: dict[str, Any], value: Any, where: str) -> None:
    if "$ref" in told:
        told = schema["components"]["schemas"][told["$ref"].rpartition("/")[2]]
    if "anyOf" in told:
        if value is None:
            assert {"type": "null"} in told["anyOf"], where
            return
        told = next(one for one in told["anyOf"] if one != {"type": "null"})
        _agrees(schema, told, value, where)
    elif told.get("type") == "object":
        assert set(value) == set(told.get("properties", value)), where  # a mapping may have any names
        for name, one in told.get("properties", {}).items():
            _agrees(schema, one, value[name], f"{where}.{name}")
    elif told.get("type") == "array":
        assert isinstance(value, list), where
        for one in value[:1]:
            _agrees(schema, told["items"], one, f"{where}[]")
    else:
        kinds: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
        assert isinstance(value, kinds[told["type"]]), (where, value)


def _journey(author: User) -> str:
    """A journey under way, with a stay in it."""
    now, name = timezone.now(), "curta"
    version = Version.objects.create(journey_id=name, number=1, name=name, text=SHORT, author=author, created_at=now)
    Running.objects.create(journey_id=name, version=version, at=now)
    told = {"journey_id": name, "type": "neutro", "theme": "satisfacao", "customer_id": "10001", "occasion": "x"}
    Enrolment.objects.create(version=version, **told, step="carta", since=now, entered_at=now, measure_at=now)
    return name
