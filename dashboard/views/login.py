"""The views to sign in, to sign out and to change one's password: Django's, in the house style."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy

from dashboard.http.redirects import somewhere
from dashboard.views.require_viewer import forget_ticket


class SignIn(views.LoginView):
    template_name = "dashboard/access/login.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return somewhere(settings.LOGIN_REDIRECT_URL, "dashboard:wall")

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        with transaction.atomic():  # the whole of it or, while the database is locked, nothing
            return super().form_valid(form)


class SignOut(views.LogoutView):
    def get_default_redirect_url(self) -> str:
        return somewhere(settings.LOGOUT_REDIRECT_URL, "dashboard:login")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
        forget_ticket(response)
        return response


class NewPassword(views.PasswordChangeView):
    template_name = "dashboard/access/password.html"
    success_url = reverse_lazy("dashboard:password-changed")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.request.user.get_username()
        return super().get_context_data(account=account, **kwargs)


class PasswordChanged(views.PasswordChangeDoneView):
    template_name = "dashboard/access/password_changed.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(account=request.user.get_username(), **kwargs)
        return self.render_to_response(context)
