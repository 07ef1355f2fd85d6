"""Tile ids: each row of a dashboard gets the name of its SSE events; rows alike share one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dashboard.tiles.config import Build, Spec, Tile

LONGEST_ID: Final = 64


def with_ids(specs: list["Spec"], build: "Build") -> dict[str, list["Tile"]]:
    """Give each spec its tile; rows that look the same on two dashboards share one."""
    owners = _explicit_ids(specs, build)
    made: dict[tuple[object, ...], list[Tile]] = {}
    named: dict[str, Tile] = {}
    tiles: dict[str, list[Tile]] = {}
    for spec in specs:
        here = tiles.setdefault(spec.slug, [])
        if spec.id is not None:
            here.append(named.setdefault(spec.id, spec.tile(spec.id)))
            continue
        alike = made.setdefault(spec.look, [])
        tile = next((tile for tile in alike if tile not in here), None)
        if tile is None:
            tile = spec.tile(_free_id(spec.producer, owners))
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
        same = (owner.id, owner.look) == (spec.id, spec.look) and owner.slug != spec.slug
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
