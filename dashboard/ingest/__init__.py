"""Ingest: what comes in over HTTP: who sends it, what it says, which events it becomes."""
