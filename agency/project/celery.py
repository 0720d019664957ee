"""Celery: one wake-up task per kind of work. What is due lies in PostgreSQL; beat only wakes."""

import os

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agency.project.settings")

app = Celery("balie")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["agency", "chat"])
app.conf.beat_schedule = {
    "drain-outbox": {"task": "agency.tasks.drain_outbox", "schedule": 5.0},
    "beat-lives": {"task": "agency.tasks.note_beat", "schedule": 10.0},
}


@beat_init.connect
def wake_at_once(**_facts: object) -> None:
    """Beat's own first round comes after a full period: 10 s in which a start looks unfinished."""
    for entry in app.conf.beat_schedule.values():
        app.send_task(entry["task"])
