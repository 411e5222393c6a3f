"""`/api/v1`: every endpoint, with its errors as problem+json."""

from ninja import NinjaAPI

api = NinjaAPI(title="B2Shift", version="1", urls_namespace="rest", docs_url=None)
