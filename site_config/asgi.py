"""The ASGI application: Django with the direct lane, living as long as the server does."""

import os

from dashboard.asgi.application import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
application = get_asgi_application()
