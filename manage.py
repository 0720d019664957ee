#!/usr/bin/env python
"""Django's command line for Balie."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.settings")
    if sys.argv[1:] == ["run"]:
        # The launcher needs no Django, whose set-up is a fifth of the 10 s a second start may take.
        from balie.run.launch import main

        sys.exit(main())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
