"""Coverage-guided fuzzing with atheris: `make fuzz`. Not a part of the tests, for it knows no end.

Each other module here is a target: `SEEDS` (bytes to begin with) and `one(data)`, which raises when something
is wrong. What a run finds becomes a case of the tests.
"""
