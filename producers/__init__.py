"""Producers: where events come from; imports nothing of dashboard/."""
