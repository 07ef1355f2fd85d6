"""Widgets: how entries become what a template draws."""
