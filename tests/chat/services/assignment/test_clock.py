"""Wake-ups, which beat sends by name: each name is a task of the worker."""

from balie.celery import app
from balie.clock import SCHEDULE


def test_every_wake_up_is_a_task() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)
    assert "billing.tasks.charge_settled" in {entry["task"] for entry in SCHEDULE.values()}
