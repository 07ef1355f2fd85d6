"""Tile ids: each row of a dashboard gets the name of its SSE events; rows alike share one."""

import json
import re
from base64 import b32encode
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dashboard.tiles.config import Build, Spec, Tile

LONGEST_ID: Final = 64

_WORDS: Final = re.compile(r"[a-z0-9]+")
_OF_TILE, _OF_SUBJECT, _OF_DIGEST = 28, 16, 16


def with_ids(specs: list["Spec"], build: "Build") -> dict[str, list["Tile"]]:
    """Give each spec its tile; rows that look the same on two dashboards share one."""
    owners = _explicit_ids(specs, build)
    made: dict[tuple[object, ...], list[Tile]] = {}
    named: dict[str, Tile] = {}
    tiles: dict[str, list[Tile]] = {}
    for spec in specs:
        here = tiles.setdefault(spec.slug, [])
        if spec.id is not None:
            here.append(named.setdefault(spec.id, spec.named(spec.id)))
            continue
        alike = made.setdefault(spec.tile.look, [])
        tile = next((tile for tile in alike if tile not in here), None)
        if tile is None:
            tile = spec.named(_free_id(spec.tile.producer, owners))
            owners[tile.id.casefold()] = spec
            alike.append(tile)
        here.append(tile)
    return tiles


def _explicit_ids(specs: list["Spec"], build: "Build") -> dict[str, "Spec"]:
    """Return casefolded id → the first row that claims it; a second claim is a problem."""
    owners: dict[str, Spec] = {}
    for spec in specs:
        if spec.id is None:
            continue
        owner = owners.setdefault(spec.id.casefold(), spec)
        same = (owner.id, owner.tile.look) == (spec.id, spec.tile.look) and owner.slug != spec.slug
        if owner is not spec and not same:
            build.fault(
                25,
                spec.where,
                f"'id' {spec.id!r} is taken by {owner.where} ({owner.id!r})",
                "ids are unique whatever their case; only the same tile may be on two dashboards",
            )
    return owners


def _free_id(alias: str, owners: Mapping[str, "Spec"]) -> str:
    """Return `alias`, else alias-2, alias-3 …: the first that no tile has."""
    tile_id, number = alias, 1
    while tile_id.casefold() in owners:
        number += 1
        tile_id = alias[: LONGEST_ID - len(f"-{number}")] + f"-{number}"
    return tile_id


def id_about(tile_id: str, subject: str) -> str:
    """Return the id that a tile has for one subject: alike in every process, whatever it is called.

    What is legal of its name is for people; the digest tells subjects apart, and keeps whoever
    chooses their names from having two with one id.
    """
    digest = sha256(json.dumps([tile_id, subject]).encode()).digest()
    readable = "-".join(_WORDS.findall(subject.lower()))[:_OF_SUBJECT]
    distinct = b32encode(digest).decode().lower()[:_OF_DIGEST]
    return ".".join((tile_id[:_OF_TILE], *filter(None, (readable,)), distinct))
