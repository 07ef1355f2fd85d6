"""Template tags: {% load eventwall %}."""
