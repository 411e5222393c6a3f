"""What one says of a report."""

from django import forms
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User
from b2shift.web.console.people.forms import boxed
from b2shift.web.watch.models import Report
from b2shift.web.watch.reports import SavedAnswer, recipients

FORMATS = (("pdf", _("PDF")), ("xlsx", _("Planilha (para quem pode exportar)")))


class ReportForm(forms.Form):
    """Title, answers, people, days and formats."""

    title = forms.CharField(label=_("Título"), max_length=120)
    answers = forms.MultipleChoiceField(label=_("Respostas"), widget=forms.CheckboxSelectMultiple)
    people = forms.ModelMultipleChoiceField(
        label=_("Quem recebe"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Cada pessoa recebe os números dos clientes que ela acompanha."),
    )
    days = forms.ChoiceField(label=_("Quando"), choices=Report.Days.choices, initial=Report.Days.MONTHLY)
    formats = forms.MultipleChoiceField(
        label=_("Formatos"), choices=FORMATS, widget=forms.CheckboxSelectMultiple, initial=["pdf"]
    )

    def __init__(self, kept: list[SavedAnswer], *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.kept = kept
        choices = [(str(n), one["title"]) for n, one in enumerate(kept)]
        self.fields["answers"].choices = choices  # type: ignore[attr-defined]
        self.fields["answers"].initial = [value for value, _title in choices]
        self.fields["people"].queryset = recipients()  # type: ignore[attr-defined]
        boxed(self)

    @property
    def chosen(self) -> list[SavedAnswer]:
        """The answers of a valid form, in the order of the board."""
        return [self.kept[int(value)] for value in self.cleaned_data["answers"]]
