"""Load Django, wait until the database is prepared, then run a module as `python -m` would.

    python -m balie.run.start_gate GATE daphne -p 8000 ...

Loading is most of a start, and all processor time: done beside the migrations instead of after
them it keeps a second start of `make run` under 10 s on two cores. Nothing is asked of the
database before the gate, a file, is there.
"""

import os
import runpy
import sys
import time
from pathlib import Path

LOOK_EVERY_S = 0.05


def main() -> None:
    """Load, wait, become the module."""
    gate, module, *arguments = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.settings")
    import django

    django.setup()
    while not Path(gate).exists():
        time.sleep(LOOK_EVERY_S)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
