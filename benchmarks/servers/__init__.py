"""The servers that are measured, started and spoken to in the same way."""
