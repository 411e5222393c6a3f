"""Every address of the product, joined here."""

from django.urls import include, path

from b2shift.web.config.health import health
from b2shift.web.config.sign_in import urlpatterns as sign_in_urls
from b2shift.web.rest.api import api

urlpatterns = [
    path("saude/", health, name="health"),
    path("api/v1/", api.urls),
    path("", include((sign_in_urls, "accounts"))),
    path("", include("b2shift.web.channels.urls")),
    path("", include("b2shift.web.console.urls")),
]

handler403 = "b2shift.web.console.errors.forbidden"
handler404 = "b2shift.web.console.errors.not_found"
handler500 = "b2shift.web.console.errors.failed"
