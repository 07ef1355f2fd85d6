"""The producers as a Django app."""

from django.apps import AppConfig
from django.core import checks

from producers.checks import check_producers


class ProducersConfig(AppConfig):
    name = "producers"
    verbose_name = "Eventwall producers"

    def ready(self) -> None:
        checks.register(check_producers)
