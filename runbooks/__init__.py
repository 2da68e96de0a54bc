"""The runbook library, its versions, running steps, and proposals from lessons."""
