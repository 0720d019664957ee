"""The ground of the benches: rows laid anew each time, and a router that a fresh process can take up."""

import subprocess
import sys

import pytest
from django.db import connection
from django.utils import timezone

from agency.models import LogEntry, User
from agency.services.audit import note_change
from balie.bench.pool.setup import empty_desk
from balie.run.balie_home import ROOT
from tenants.models import Company

pytestmark = pytest.mark.django_db


def test_a_desk_is_emptied_with_its_closed_log(acme: Company, maud: User) -> None:
    note_change(actor=maud, action="company.changed", now=timezone.now(), company=acme, about=acme)
    with connection.cursor() as cursor:
        # As at a COMMIT: a table with keys still to be looked at can't be emptied.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    empty_desk()
    assert [model.objects.count() for model in (LogEntry, Company, User)] == [0, 0, 0]


def test_a_router_is_unpickled_before_django_is_there() -> None:
    line = "import balie.bench.pool.router_process, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], cwd=ROOT, check=False).returncode == 0
