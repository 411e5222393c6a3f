"""Two model APIs (OpenAI-compatible, Gemini): building a request, parsing text and token counts of a reply."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from b2shift.insight.model.contracts import ModelEndpoint
from b2shift.insight.model.schema import Schema, as_openapi


class Request(NamedTuple):
    """An HTTP POST request."""

    url: str
    headers: dict[str, str]
    body: bytes


class ReplyText(NamedTuple):
    """The text of a reply; None with the reason when there is none."""

    text: str | None
    why: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


def request_of(at: ModelEndpoint, system: str, user: str, schema: Schema) -> Request:
    """The request of one completion, as deterministic as the API allows."""
    root = at.url.rstrip("/")
    if at.protocol == "gemini":
        body: dict[str, Any] = {
            "systemInstruction": {"parts": [{"text": system}]},
            "contents": [{"role": "user", "parts": [{"text": user}]}],
            "generationConfig": {
                "temperature": 0,
                "maxOutputTokens": at.most_tokens,
                "responseMimeType": "application/json",
                "responseSchema": as_openapi(schema),
            },
        }
        url, headers = f"{root}/models/{at.name}:generateContent", {"x-goog-api-key": at.key} if at.key else {}
    else:
        body = {
            "model": at.name,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "temperature": 0,
            "max_tokens": at.most_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "plan", "strict": True, "schema": schema},
            },
        }
        url, headers = f"{root}/chat/completions", {"Authorization": f"Bearer {at.key}"} if at.key else {}
    headers = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    return Request(url, headers, json.dumps(body, ensure_ascii=False).encode())


def parse_reply(at: ModelEndpoint, body: bytes) -> ReplyText:
    """The text and usage of a successful response."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ReplyText(None, "a resposta não é JSON")
    if not isinstance(answer, Mapping):
        return ReplyText(None, "a resposta não é um objeto")
    return _gemini(answer) if at.protocol == "gemini" else _openai(answer)


def _openai(answer: Mapping[str, Any]) -> ReplyText:
    usage = _mapping(answer.get("usage"))
    spent = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    choice = _mapping(_first(answer.get("choices")))
    message, ended = _mapping(choice.get("message")), choice.get("finish_reason")
    text = message.get("content")
    if message.get("refusal") or ended == "content_filter":
        return ReplyText(None, "o modelo se recusou", *spent)
    if ended == "length":
        return ReplyText(None, "a resposta foi cortada", *spent)
    return (
        ReplyText(text, "", *spent)
        if isinstance(text, str) and text
        else ReplyText(None, "a resposta veio vazia", *spent)
    )


def _gemini(answer: Mapping[str, Any]) -> ReplyText:
    usage = _mapping(answer.get("usageMetadata"))
    out = _count(usage.get("candidatesTokenCount")) + _count(usage.get("thoughtsTokenCount"))
    spent = _count(usage.get("promptTokenCount")), out
    candidate = _mapping(_first(answer.get("candidates")))
    if _mapping(answer.get("promptFeedback")).get("blockReason") or candidate.get("finishReason") in {
        "SAFETY",
        "RECITATION",
    }:
        return ReplyText(None, "o modelo se recusou", *spent)
    if candidate.get("finishReason") == "MAX_TOKENS":
        return ReplyText(None, "a resposta foi cortada", *spent)
    parts = _mapping(candidate.get("content")).get("parts")
    texts = [_mapping(part).get("text") for part in parts] if isinstance(parts, list) else []
    text = "".join(one for one in texts if isinstance(one, str))
    return ReplyText(text, "", *spent) if text else ReplyText(None, "a resposta veio vazia", *spent)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None


def _count(value: Any) -> int:
    return max(0, min(value, 10**9)) if isinstance(value, int) and not isinstance(value, bool) else 0
