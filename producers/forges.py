"""Forges: what the webhooks of GitHub, Gitea and GitLab say was done to what, and where."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from producers.levels import level_of_state

_HOMES: Final = (("repository", "full_name"), ("project", "path_with_namespace"))
_CHANGES: Final = (
    "pull_request", "merge_request", "issue", "release", "discussion", "workflow_run", "check_run",
    "check_suite", "deployment", "object_attributes", "head_commit",
)  # fmt: skip
"""What the webhook is about; the first that is there is it."""


class ForgeNote(NamedTuple):
    """`text` about `home`, the repository; `used`: paths to what they and `level` are made of."""

    text: str
    home: str
    home_at: tuple[str, ...]
    level: str | None
    used: set[tuple[str, ...]]


def read_forge(body: Mapping[str, Any]) -> ForgeNote | None:
    """Return what `body` says; None where it is of no forge, or says nothing."""
    for home in _HOMES:
        holder = body.get(home[0])
        if isinstance(holder, Mapping) and _is_text(holder.get(home[1])):
            break
    else:
        return None
    used: set[tuple[str, ...]] = set()
    thing = next((name for name in _CHANGES if isinstance(body.get(name), Mapping)), None)
    about = body[thing] if thing else {}
    kind = "push" if thing == "head_commit" else thing or ""
    if thing == "object_attributes" and _is_text(body.get("object_kind")):
        kind = body["object_kind"]
        used.add(("object_kind",))
    words, level = [kind.replace("_", " ")], None
    for path in (("action",), (thing or "", "action"), (thing or "", "conclusion"),
                 (thing or "", "status")):  # fmt: skip
        done = (body if len(path) == 1 else about).get(path[-1])
        if isinstance(done, str) and done not in words:
            words.append(done)
            used.add(path)
            level = level_of_state(done) or level
    if thing is None and _is_text(body.get("ref")):
        words.append(f"push to {body['ref']}")
        used.add(("ref",))
    text = " ".join(filter(None, words))
    for name in ("title", "name", "message"):
        if thing and _is_text(about.get(name)):
            text += f": {about[name].strip().splitlines()[0]}"
            used.add((thing, name))
            break
    return ForgeNote(text, holder[home[1]], home, level, used) if text else None


def _is_text(said: object) -> bool:
    return isinstance(said, str) and bool(said.strip())
