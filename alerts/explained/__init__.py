"""An alert recomputed from the stored minutes.

basis.py    what is kept with an alert for that
replay.py   the minutes run through the detector again, and what comes out beside what was claimed
words.py    the same for people
"""
