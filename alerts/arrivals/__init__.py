"""What arrives: words that a monitor's past does not know, stories that spread faster than its stories do.

Events and no series: a look over the last hour of each monitor in which enough was said, at a pace of its own
beside the ticker, which only takes what was found (`found.py`) into its comparison of states.

said.py      what is looked at: mentions as words by accounts, a story as accounts that copy it
words.py     words that begin to be used together by several accounts
claims.py    how sure, how grave: the numbers of both kinds, with the detector's own settings
reading.py   the window and the past out of the database
arrival.py   the table
look.py      the look over all monitors
found.py     what the ticker is told
again.py     a claim computed again from the stored mentions
"""
