"""Whether the product is alive and can answer: the records reply, and which publication they hold."""

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from b2shift.web.crm.models import Publication


def health(request: HttpRequest) -> JsonResponse:
    """`/saude/`: 200 with the version published, 503 when the records do not answer; no customer data."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        newest = Publication.objects.first()
    except Error:
        return JsonResponse({"status": "down", "records": False}, status=503)
    return JsonResponse(
        {
            "status": "ok",
            "records": True,
            "lake_version": newest.lake_version if newest else None,
            "as_of": newest.as_of.isoformat() if newest else None,
        }
    )
