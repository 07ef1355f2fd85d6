"""The dashboard as a Django app."""

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created

if TYPE_CHECKING:
    from dashboard.wall.runtime import Runtime


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "Eventwall"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dashboard.access import sessions
        from dashboard.access.checks import check_access
        from dashboard.log.caller import note_file
        from dashboard.log.checks import check_event_log
        from dashboard.ops.checks import check_settings
        from dashboard.ops.deploy_checks import check_deployment
        from dashboard.ops.project_checks import check_project
        from dashboard.tiles.checks import check_dashboards
        from dashboard.wall import current
        from dashboard.wall.model_signals import watch_models

        for check in (check_settings, check_event_log, check_dashboards, check_access):
            checks.register(check)
        checks.register(check_project)
        checks.register(check_deployment, checks.Tags.security, deploy=True)
        sessions.connect()
        connection_created.connect(note_file)
        current.made_by(_make_wall)
        watch_models()


def _make_wall() -> "Runtime":
    # Not before it is asked for: most commands run no wall.
    from dashboard.wall.runtime import Runtime

    return Runtime()
