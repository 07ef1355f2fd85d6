"""Vision: the camera's own process; only this imports OpenCV."""
