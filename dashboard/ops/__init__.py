"""Ops: what an operator is told: system checks, and the doctor."""
