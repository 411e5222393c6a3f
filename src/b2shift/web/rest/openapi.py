"""What every operation has in common, written into the schema once."""

from typing import Any

from b2shift.web.rest.contracts.base import Problem
from b2shift.web.rest.problems import MEDIA_TYPE
from b2shift.web.rest.validators import CONDITIONAL

DESCRIPTION = """
Customers, segments, scores and due contacts, read by programs; contacts made of them, tasks and deliveries. Answers
show one publication of the lake at a time (`GET /me` says which), and contacts as they are at the moment; writing takes
a key.

- **Who you are**: `Authorization: Bearer b2s_…`, a key with scopes that acts in a person's name and never may more than
  that person; or the session of a browser.
- **What you see**: the rows of that person's portfolio, teams or unit. What you may not see is answered like what does
  not exist.
- **Lists** come a page at a time: follow `next` with the same parameters. Each row comes once.
- **Money** is BRL as a text with a decimal point; dates are ISO 8601.
- **Errors** are `application/problem+json` (RFC 9457), in Portuguese or, with `Accept-Language: en`, in English.
- **Unchanged answers**: send `If-None-Match` with the `ETag` you have and get 304.
- **Limits**: a steady number of requests a minute for each key or person; beyond it 429 with `Retry-After`.
- Every answer carries `X-Request-ID`; send one of your own and it is kept.
""".strip()

SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "b2s_…",
        "description": "A key with scopes: it expires, can be revoked and acts in its person's name.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "The session of a browser in which a person signed in.",
    },
}
_PROBLEMS = {
    "401": ("Unauthenticated", "No key, or one that does not exist, expired or was revoked", ["WWW-Authenticate"]),
    "403": ("Forbidden", "Your role or the key's scopes do not allow it", ["WWW-Authenticate"]),
    "404": ("NotFound", "It does not exist, or you may not see it", []),
    "422": ("Invalid", "A parameter cannot be used; `errors` names it", []),
    "429": ("RateLimited", "Too many requests", ["Retry-After"]),
    "500": ("Internal", "Something went wrong here; quote `request_id`", []),
    "503": ("Unavailable", "The records or the lake do not answer yet", ["Retry-After"]),
}
_HEADERS = {
    "X-Request-ID": "code to quote when asking for help",
    "ETag": "changes when the answer may have changed",
    "Last-Modified": "when the records were published",
}


def complete(schema: dict[str, Any]) -> None:
    """Add security schemes, errors and headers to what ninja tells of the operations."""
    components = schema["components"]
    components["securitySchemes"] = SECURITY
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    components["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
    components["headers"] = {
        name: {"description": description, "schema": {"type": "string"}} for name, description in _HEADERS.items()
    }
    components["responses"] = {
        name: {
            "description": description,
            "headers": {header: {"schema": {"type": "string"}} for header in headers},
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for name, description, headers in _PROBLEMS.values()
    }
    for path in schema["paths"].values():
        for operation in path.values():
            _complete(operation)


def _complete(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    headers = list(_HEADERS) if operation["operationId"] in CONDITIONAL else ["X-Request-ID"]
    answers[200]["description"] = operation["summary"]
    answers[200]["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    if operation["operationId"] in CONDITIONAL:
        answers["304"] = {"description": "Unchanged since the answer whose `ETag` you sent"}
    for status, (name, _description, _headers) in _PROBLEMS.items():
        answers[status] = {"$ref": f"#/components/responses/{name}"}
