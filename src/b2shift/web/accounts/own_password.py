"""Choosing one's own password: the current one is asked, and guessing at it is counted like guessing at sign-in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import SignInAttempt, User
from b2shift.web.accounts.sign_in import SignInForm, locked_out, record_failure


class OwnPasswordForm(PasswordChangeForm):
    """The current password and twice the new one, which Django's validators must accept."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": _("A senha atual não confere. Digite-a de novo."),
        "password_mismatch": _("As duas senhas novas são diferentes. Digite a mesma nas duas."),
        "same": _("A senha nova é igual à atual. Escolha outra."),
    }

    def __init__(self, person: User, address: str | None, *args: Any, **more: Any) -> None:
        super().__init__(person, *args, **more)
        self.person, self.address = person, address
        labels = {
            "old_password": _("Senha atual"),
            "new_password1": _("Senha nova"),
            "new_password2": _("Senha nova, de novo"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs["class"] = "box"
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["new_password2"].help_text = ""

    def clean_old_password(self) -> str:
        """Refused without a look while locked out; a wrong one counts towards the lockout, the right one clears it."""
        if locked_out(self.person.email, self.address):
            minutes = {"minutes": settings.SIGN_IN_MINUTES}
            raise ValidationError(SignInForm.error_messages["locked"], code="locked", params=minutes)
        try:
            current: str = super().clean_old_password()
        except ValidationError:
            record_failure(self.person.email, self.address)
            raise
        SignInAttempt.objects.filter(email=self.person.email).delete()
        return current

    def clean_new_password1(self) -> str:
        """A new password is not the current one."""
        chosen: str = self.cleaned_data["new_password1"]
        if chosen == self.cleaned_data.get("old_password"):
            raise ValidationError(self.error_messages["same"], code="same")
        return chosen
