"""Signing in and out, written to the ledger; here because it joins people with the audit trail."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import path

from b2shift.web.accounts.models import User
from b2shift.web.accounts.sign_in import SignInForm, address_of
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


class SignIn(LoginView):
    """`/entrar/`: the page of the template `accounts/sign_in.html`."""

    authentication_form = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Write who came in."""
        response = super().form_valid(form)
        user = form.get_user()
        record(AuditEvent.Action.SIGN_IN, Doer(user, user.email, address_of(self.request), "web"))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Write what was tried, without the password."""
        tried = str(form.data.get("username", ""))[:254]
        record(AuditEvent.Action.SIGN_IN_REFUSED, Doer(None, tried, address_of(self.request), "web"))
        return super().form_invalid(form)


class SignOut(LogoutView):
    """`/sair/`: by POST only."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Write who left, while we still know."""
        if isinstance(request.user, User):
            record(AuditEvent.Action.SIGN_OUT, Doer.of(request))
        return super().post(request, *args, **kwargs)


urlpatterns = [
    path("entrar/", SignIn.as_view(), name="sign_in"),
    path("sair/", SignOut.as_view(), name="sign_out"),
]
