"""Management: what is typed at a shell."""
