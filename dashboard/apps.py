"""The dashboard as a Django app."""

from django.apps import AppConfig
from django.core import checks


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "Eventwall"

    def ready(self) -> None:
        from dashboard.access import sessions
        from dashboard.access.checks import check_access
        from dashboard.log.checks import check_event_log
        from dashboard.ops.checks import check_settings
        from dashboard.ops.deploy_checks import check_deployment
        from dashboard.tiles.checks import check_dashboards

        for check in (check_settings, check_event_log, check_dashboards, check_access):
            checks.register(check)
        checks.register(check_deployment, checks.Tags.security, deploy=True)
        sessions.connect()
