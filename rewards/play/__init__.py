"""A campaign played through in memory: the same rules and the same arithmetic of limits, and nothing is written.

`happenings.py`: what happened, as the rules see it. `game.py`: plays it. `stored.py` takes it from the database,
`event_files.py` with `recorder.py` from a file. `totals.py` adds up, `cost.py` says what a month costs.
"""
