"""History: what charts need for years, kept beside the log by one who follows it."""
