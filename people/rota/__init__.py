"""Who is on call when: wall-clock arithmetic on plain values, without database or clock.

A `Plan` (layers, overrides, absences) becomes stretches of time (`final`), from which come shifts, gaps,
loads and a quality score. All instants are aware; every stretch is half-open.
"""
