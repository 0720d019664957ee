"""Beat's app: it sends wake-ups by name, so it needs the broker and nothing of Django's.

Without Django's set-up beat starts in half the processor time; the worker's app is celery.py.
"""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.settings")

SCHEDULE = {
    "drain-outbox": {"task": "agency.tasks.drain_outbox", "schedule": 5.0},
    "charge-settled": {"task": "billing.tasks.charge_settled", "schedule": 10.0},
    "prune-outbox": {"task": "agency.tasks.prune_outbox", "schedule": 3600.0},
    "prune-sessions": {"task": "agency.tasks.prune_sessions", "schedule": 3600.0},
    "count-alarms": {"task": "agency.tasks.count_alarms", "schedule": 10.0},
    "sweep-files": {"task": "chat.tasks.sweep_files", "schedule": 3600.0},
    "check-installs": {"task": "agency.tasks.check_installs", "schedule": 30.0},
    "beat-lives": {"task": "agency.tasks.note_beat", "schedule": 10.0},
}

app = Celery("balie", fixups=[], set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE


@setup_logging.connect
def log_as_we_do(**_facts: object) -> None:
    """Beat never sets Django up, and with a receiver here Celery brings no handlers of its own."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def refuse_shared(**_facts: object) -> None:
    """Stop before a shared connection is used. Celery only logs an exception of a receiver, but SystemExit ends it."""
    from django.core.exceptions import ImproperlyConfigured

    from tenants.backend.probe import refuse_shared_at_start

    try:
        refuse_shared_at_start()
    except ImproperlyConfigured as error:
        raise SystemExit(f"balie: {error}") from None


@beat_init.connect
def wake_at_once(sender: Any, **_facts: object) -> None:
    """Beat's own first round comes after a full period: 10 s in which a start looks unfinished."""
    for entry in SCHEDULE.values():
        sender.app.send_task(entry["task"])
