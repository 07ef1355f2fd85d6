"""HTTP: what every answer shares, whichever door it leaves by."""
