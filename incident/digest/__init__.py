"""What happened, once a day or a week, for everybody who wants to know: figures, words, letters."""
