"""The site's settings, in a directory of this test run's own."""

import atexit
import os
import shutil
import tempfile

_directory = tempfile.mkdtemp(prefix="eventwall-tests-")
atexit.register(shutil.rmtree, _directory, ignore_errors=True)
os.environ["EVENTWALL_DATA_DIR"] = _directory
os.environ["EVENTWALL_DEBUG"] = "0"
os.environ["EVENTWALL_COOKIE_PREFIX"] = "eventwall"
os.environ["EVENTWALL_TIME_ZONE"] = "Asia/Tokyo"

from site_config.settings import *  # noqa: E402, F403
from site_config.settings import STATIC_ROOT, STORAGES  # noqa: E402

ACCESS = "public"
# Nothing is collected here, so there is no manifest to look names up in.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir()
