"""This site: its settings, environment, URLs and ASGI application."""
