"""Asked subject: the one that a page and its stream are to show alone, as their URLs say."""

from urllib.parse import quote

from django.http import HttpRequest

from dashboard.http.problems import Refused, shown
from dashboard.ingest.attributes import why_illegal


def asked_subject(request: HttpRequest) -> str | None:
    """Return what `?subject=` says; None where it says nothing.

    Nothing need have been said of it yet. Raises Refused on what no event can be about.
    """
    subject = request.GET.get("subject", "")
    if subject and (why := why_illegal(subject)):
        raise Refused("bad-request", f"subject {shown(subject)} {why}")
    return subject or None


def in_query(subject: str | None) -> str:
    """Return what a URL's query goes on with to say the subject; nothing where there is none."""
    return f"&subject={quote(subject, safe='')}" if subject else ""
