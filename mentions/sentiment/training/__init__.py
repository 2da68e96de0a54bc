"""How the tables are made. Needs the `train` extra; nothing here is imported when texts are scored."""
