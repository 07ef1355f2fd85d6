"""The dashboard as a Django app."""

from django.apps import AppConfig
from django.core import checks


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "Eventwall"

    def ready(self) -> None:
        from dashboard.checks import check_settings

        checks.register(check_settings)
