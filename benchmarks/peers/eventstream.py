"""django-eventstream: its own URLs and send_event(), in one process, nothing stored.

Events come in by POST to /publish, one a line: only a call in the process that streams reaches
its clients.
"""

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="-",
    MIDDLEWARE=[],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_eventstream"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
application = get_asgi_application()

# The library reads the settings as it is imported.
from django_eventstream import send_event  # noqa: E402


async def publish(request: HttpRequest) -> HttpResponse:
    for line in request.body.decode().split("\n"):
        # It comes as JSON already.
        send_event("readings", "readings", line, json_encode=False)
    return HttpResponse()


urlpatterns = [
    path("events", include("django_eventstream.urls"), {"channels": ["readings"]}),
    path("publish", publish),
]
