"""Checks of the EVENT_LOG setting and of what its log lives in."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from dashboard.conf import conf
from dashboard.log.factory import backend
from dashboard.log.options import BadOptions


def check_event_log(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong with EVENT_LOG: one message per fault."""
    try:
        setting = conf().EVENT_LOG
    except ImproperlyConfigured:
        # Another setting, or the shape of this one: the check of the settings tells.
        return []
    try:
        log_class = backend(setting)
    except ImproperlyConfigured as error:
        return [
            Error(
                str(error),
                hint="Correct EVENT_LOG, or leave it out to keep the log in the database.",
                id="dashboard.E010",
            )
        ]
    try:
        log = log_class(setting.get("OPTIONS") or {})
    except BadOptions as error:
        return [_bad_option(problem) for problem in error.problems]
    except ImproperlyConfigured as error:
        return [_bad_option(str(error))]
    return log.check()


def _bad_option(problem: str) -> CheckMessage:
    return Error(problem, hint="Correct or remove this option.", id="dashboard.E011")
