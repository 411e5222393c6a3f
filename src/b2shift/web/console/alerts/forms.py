"""What one says of an alert beside its sentence."""

from django import forms
from django.utils.translation import gettext_lazy as _

from b2shift.insight.contracts import AlertRule
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.console.people.forms import boxed
from b2shift.web.watch.alerts import NewAlert, default_margin
from b2shift.web.watch.models import Alert


class AlertForm(forms.Form):
    """The sentence and how it is judged and told."""

    texto = forms.CharField(label=_("Quando avisar"), max_length=300)
    folga = forms.FloatField(
        label=_("Folga para voltar ao normal"),
        min_value=0,
        required=False,
        help_text=_("Na unidade da métrica: só dispara de novo depois de voltar além do limite por esta folga."),
    )
    minimo = forms.IntegerField(
        label=_("Mínimo de clientes contados"),
        min_value=1,
        initial=1,
        required=False,
        help_text=_("Com menos que isto, o número não é julgado."),
    )
    olhar = forms.ChoiceField(
        label=_("Quando olhar"), choices=Alert.Cadence.choices, initial=Alert.Cadence.RUN, required=False
    )
    via = forms.MultipleChoiceField(
        label=_("Por onde avisar"),
        choices=Alert.Via.choices,
        initial=[Alert.Via.NOTICE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        boxed(self)
        for name in ("folga", "minimo"):
            self.fields[name].widget.attrs["class"] = "box"

    def wanted(self, query: TypedQuery, rule: AlertRule) -> NewAlert:
        """The alert a valid form describes; what it leaves out is as usual."""
        cleaned = self.cleaned_data
        margin = cleaned.get("folga")
        full = rule.model_copy(
            update={"margin": default_margin(rule) if margin is None else margin, "fewest": cleaned.get("minimo") or 1}
        )
        cadence = Alert.Cadence(cleaned.get("olhar") or Alert.Cadence.RUN)
        return NewAlert(cleaned["texto"], query, full, cadence, tuple(cleaned.get("via") or [Alert.Via.NOTICE.value]))
