"""The ASGI application: Django with the direct lane, living as long as the server does."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")

import django

django.setup(set_prefix=False)

from dashboard.asgi.handler import LaneHandler  # noqa: E402
from dashboard.asgi.lifespan import Lifespan  # noqa: E402

application = Lifespan(LaneHandler())
