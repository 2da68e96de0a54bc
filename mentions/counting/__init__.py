"""Counts per minute, and what newcomers and absences among the sources do to them."""
