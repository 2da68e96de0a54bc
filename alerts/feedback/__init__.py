"""What people said of the detector, and the setting that follows, if they want it.

marks.py      "not a crisis" and "you missed this", as a table
service.py    saying it, taking it back
proposals.py  a setting that would have done better, for a person to accept or decline
"""
