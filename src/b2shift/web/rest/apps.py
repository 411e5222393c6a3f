"""Django's registration of this folder."""

from django.apps import AppConfig


class RestConfig(AppConfig):
    """HTTP contracts; no records of its own."""

    name = "b2shift.web.rest"
    label = "rest"
