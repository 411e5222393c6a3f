"""What one says to get a key: a name, what it may do, how long it lives."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import grantable
from b2shift.web.console.people.forms import boxed

LIVES = (("30", _("30 dias")), ("90", _("90 dias")), ("365", _("1 ano")))


class KeyForm(forms.Form):
    """A new key; it never lives for ever and never holds more than its owner's role."""

    name = forms.CharField(
        label=_("Nome"), max_length=120, help_text=_("Para que serve, como em: planilha de renovações.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("O que pode fazer"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Escolha ao menos um escopo.")},
    )
    days = forms.ChoiceField(label=_("Validade"), choices=LIVES, initial="90")

    def __init__(self, owner: User, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["scopes"].choices = [(one.value, one.label) for one in grantable(owner)]  # type: ignore[attr-defined]
        boxed(self)

    def expires_at(self, now: datetime | None = None) -> datetime:
        """When the key of a valid form ends."""
        return (now or timezone.now()) + timedelta(days=int(self.cleaned_data["days"]))
