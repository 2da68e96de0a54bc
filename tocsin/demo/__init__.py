"""The demo: an invented company, its public, and its mail."""
