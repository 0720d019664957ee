"""Celery: one wake-up task per kind of work. What is due lies in PostgreSQL; beat only wakes."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agency.project.settings")

app = Celery("balie")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["agency", "chat"])
app.conf.beat_schedule = {
    "drain-outbox": {"task": "agency.tasks.drain_outbox", "schedule": 5.0},
    "beat-lives": {"task": "agency.tasks.note_beat", "schedule": 10.0},
}
