"""The dashboard as a Django app."""

from django.apps import AppConfig
from django.core import checks


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "Eventwall"

    def ready(self) -> None:
        from dashboard.checks import check_settings
        from dashboard.log.checks import check_event_log
        from dashboard.tile_checks import check_dashboards

        for check in (check_settings, check_event_log, check_dashboards):
            checks.register(check)
