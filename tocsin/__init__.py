"""The processes: command line, worker, supervisor, demo."""
