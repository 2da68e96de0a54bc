"""Detection, alerts, escalation, paging and its channels."""
