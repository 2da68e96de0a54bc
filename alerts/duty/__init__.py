"""What workers do about duty: notices before shifts and about moved ones, and calendars of absences."""
