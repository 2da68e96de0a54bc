"""Detection: arithmetic that turns counts of mentions into evidence.

Everything here is a pure function of its arguments: NumPy only, no database, broker, clock or log. Evidence
is in nats, times are unix minutes, rates mentions a minute; [S] is an array with one entry a series. What
each formula means and where it comes from: docs/detection.md.

The live detector:
    formulae.py     the few likelihood formulae that everything else shares
    settings.py     what has to hold before an alert opens, and when it ends
    knob.py         "alarms a week": a score that moves
    state.py        what is remembered of each series
    baseline.py     what is expected of a series in a given minute, and how that is learned
    lift.py         what campaigns and holidays add to it
    clock.py        what a change of clocks moves in it
    newcomers.py    what a new source adds to it
    leaving.py      what a source that was switched off takes from it
    live.py         one minute for all series at once: (state, counts) -> (state, evidence)
    evidence.py     what is claimed, and its explanation in words
    severity.py     how grave an alert is, in points
    compiled.py     live.py as a compiled loop over minutes, written by traced.py and selecting.py
    logarithm.py    one logarithm on every machine
    rounded.py      numbers as people read them

One series of any step, `tocsin detect`:
    series.py       point by point
    detector.py     in Python or in machine code (machine_code.py)

Mentions with authors, reach and wording, `tocsin backtest --events`:
    crises.py       the incidents that they would have opened
    weight.py       what one mention counts for
    usual.py        what is usual for one brand
    conditions.py   what may be going on with a brand
    following.py    how likely each of it is, block by block
"""
