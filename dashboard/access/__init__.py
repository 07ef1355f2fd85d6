"""Access: who may see what; whatever is drawn, listed or sent is asked of it."""
