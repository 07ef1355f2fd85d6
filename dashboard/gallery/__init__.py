"""The gallery: every widget in every state, drawn from made-up entries, to look at with DEBUG."""
