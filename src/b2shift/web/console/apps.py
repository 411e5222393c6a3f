"""Django's registration of this folder, which lends the errors of every part the language of the page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from b2shift.kernel.errors import B2ShiftError


class ConsoleConfig(AppConfig):
    """Pages."""

    name = "b2shift.web.console"
    label = "console"
    verbose_name = _("Páginas")

    def ready(self) -> None:
        """Errors are heard in the language of who asked, on pages as by programs."""
        B2ShiftError.hear_with(_heard)


def _heard(text: str) -> str:
    """A text of an error in the language of this request; the words of pages are read when the first one is told."""
    from b2shift.web.console.wording import error_text

    return error_text(text)
