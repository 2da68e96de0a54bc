"""What a monitor's detector would have raised over the stored past, with other settings side by side.

past.py      the stored past of a monitor, as the live detector reads it
voices.py    who weighs, in it
arriving.py  new words and fast stories in it
trial.py     the alerts that some settings would have raised in it
verdict.py   how good they would have been, by what people said was a crisis and what was none
curve.py     the counts and the expected band, coarse enough to draw
run.py       all of it for one monitor
"""

DAYS = 28
"""Looked back at where nobody says since when."""
