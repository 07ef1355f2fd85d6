"""Views: every HTTP view, one file a page or door."""
