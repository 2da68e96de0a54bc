"""How an alert goes up: policies, whom their levels mean, pages for each, reminders."""
