"""Detection: arithmetic that turns counts of mentions into evidence.

Everything here is a pure function of its arguments: NumPy only, no database, broker, clock or log.

    formulae.py   the few likelihood formulae that everything else shares
    settings.py   what has to hold before an alert opens, and when it ends
    state.py      what the live detector remembers of each series
    baseline.py   what is expected of a series in a given minute, and how that is learned
    live.py       one minute for all series at once: (state, counts) -> (state, evidence)
    evidence.py   what the live detector claims, and its explanation in words
    series.py     one series of any step, point by point: `tocsin detect`
    crises.py     mentions with authors, reach and wording: `tocsin backtest --events`
    conditions.py what may be going on with a brand, and how likely each of it is, there
    weight.py     what one mention counts for there
    usual.py      what is usual for one brand there
"""
