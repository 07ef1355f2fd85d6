"""The admin: what operators see and change at /admin/ beside Django's users and groups."""

# Django's autodiscovery imports this package; these files register their models.
from dashboard.admin import senders as senders
