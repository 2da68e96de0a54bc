"""What the detector remembers of all monitors, and what it finds in a minute."""
