"""Alerts from other tools: taken in, deduplicated and stored before the answer; opened as ours by a sweep."""
