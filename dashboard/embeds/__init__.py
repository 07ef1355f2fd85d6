"""Embeds: tiles shared with other pages: making, listing, addresses, stills."""
