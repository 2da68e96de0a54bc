"""The words of pages and alerts, in the four languages of the house."""
