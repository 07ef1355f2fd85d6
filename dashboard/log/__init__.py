"""The log: what keeps and numbers events, behind one contract that one test suite holds."""
