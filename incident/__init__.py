"""The organised response: lifecycle, intake, timeline, roles, responses, review."""
