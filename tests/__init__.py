"""The tests: `tests/<package>/<layer>/<topic>` beside what spans the house."""

from pathlib import Path

# Tables and texts that tests read, in Python and in JavaScript.
DATA = Path(__file__).resolve().parent / "data"
