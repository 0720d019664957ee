"""The worker's Celery: one task per kind of work. PostgreSQL holds what is due, and beat only wakes."""

import os

from celery import Celery

from balie.clock import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.settings")

app = Celery("balie")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["agency", "chat", "billing"])
app.conf.beat_schedule = SCHEDULE
