"""A mention as its sender wrote it, in whatever fields."""
