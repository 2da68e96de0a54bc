"""Who is who and what is the same: items, authors, conversations."""
