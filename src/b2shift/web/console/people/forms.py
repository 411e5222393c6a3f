"""What an administrator may say about a person and a team, and what is refused."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.units import house_units, is_divided, unit_choices
from b2shift.web.crm.models import VendorUser

if TYPE_CHECKING:

    class _OfUser(forms.ModelForm[User]): ...

    class _OfTeam(forms.ModelForm[Team]): ...

else:  # Django's forms are generic for type checkers only
    _OfUser = _OfTeam = forms.ModelForm


def boxed(form: forms.BaseForm) -> None:
    """Give the form's text fields and selects the look of every box."""
    for field in form.fields.values():
        if isinstance(field.widget, forms.TextInput | forms.EmailInput | forms.Select):
            field.widget.attrs["class"] = "box"


class PersonForm(_OfUser):
    """A person's name, address, role, links and whether they may enter; never their password."""

    class Meta:
        model = User
        fields = ["name", "email", "role", "vendor_user_id", "business_unit", "is_active"]
        help_texts = {
            "role": _("Define o que a pessoa pode ver e fazer."),
            "vendor_user_id": _("Como em U0042. Liga a pessoa à carteira e às pessoas que ela gerencia."),
            "business_unit": _("Marketing vê só os clientes desta unidade."),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [("", _("Escolha")), *Role.choices]  # type: ignore[attr-defined]
        self._offer_units()
        boxed(self)

    def _offer_units(self) -> None:
        """The units there are to choose from; where the house has one, there is no choice to make."""
        if not is_divided():
            del self.fields["business_unit"]
            return
        plain, kept = self.fields["business_unit"], self.instance.business_unit
        hint = plain.help_text
        if kept and kept not in house_units().keys:
            hint = _("A unidade %(key)s não existe mais: a pessoa não vê nenhum cliente até você escolher outra.")
            hint %= {"key": kept}
        choices = [("", _("Nenhuma")), *unit_choices()]
        self.fields["business_unit"] = forms.ChoiceField(
            label=plain.label, choices=choices, required=False, help_text=hint
        )

    def clean_email(self) -> str:
        """Addresses are kept in lower case, so that the same one is not taken twice."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Já existe uma pessoa com este e-mail."))
        return email

    def clean_vendor_user_id(self) -> str:
        """A code of the vendor's list; only one person may hold it, or two would share a portfolio unseen."""
        code = str(self.cleaned_data["vendor_user_id"]).strip().upper()
        if not code:
            return ""
        if not VendorUser.objects.filter(user_id=code).exists():
            raise ValidationError(_("Nenhuma pessoa do fornecedor tem o código %(code)s."), params={"code": code})
        holder = User.objects.filter(vendor_user_id=code).exclude(pk=self.instance.pk).first()
        if holder is not None:
            raise ValidationError(_("O código %(code)s já é de %(name)s."), params={"code": code, "name": holder.name})
        return code

    def clean(self) -> dict[str, Any]:
        """Marketing works for one unit: without it, they would see nothing and not know why."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("role") == Role.MARKETING and "business_unit" not in self.fields:
            self.instance.business_unit = house_units().default.key
        elif cleaned.get("role") == Role.MARKETING and not cleaned.get("business_unit"):
            self.add_error("business_unit", _("Marketing precisa de uma unidade: é ela que define o que se vê."))
        return cleaned


class TeamForm(_OfTeam):
    """A team, its manager and its members."""

    class Meta:
        model = Team
        fields = ["name", "manager", "members"]
        widgets = {"members": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        active = User.objects.filter(is_active=True)
        self.fields["manager"].queryset = active.filter(role=Role.MANAGER)  # type: ignore[attr-defined]
        self.fields["manager"].empty_label = _("Escolha")  # type: ignore[attr-defined]
        self.fields["members"].queryset = active.filter(role=Role.EXECUTOR)  # type: ignore[attr-defined]
        boxed(self)
