"""Tiles: which tile stands where, in what state, as HTML."""
