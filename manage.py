#!/usr/bin/env python
"""Django's command line for Balie."""

import os
import sys

# Django's own commands that would do half of the work here or none.
INSTEAD = {
    "migrate": "`manage.py migrate_all`, which migrates the shared schema and every company's",
    "runserver": "`make run`, which starts the servers and all four kinds of process",
    "test": "`make test`, or pytest for single ones",
}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in INSTEAD:
        sys.exit(f"balie: not `{sys.argv[1]}` here but {INSTEAD[sys.argv[1]]}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.settings")
    if sys.argv[1:] == ["run"]:
        # The launcher needs no Django, whose set-up is a fifth of the 10 s a second start may take.
        from balie.run.launch import main

        sys.exit(main())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
