"""What the public says: sources, monitors, language, sentiment, copies, roll-ups."""
