"""Where people want to be reached, in which order, and when they want to be left alone."""
