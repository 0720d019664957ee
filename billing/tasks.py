"""Celery tasks of the ledger: wake-ups. What is due lies in PostgreSQL."""

from celery import shared_task

from billing.services import charging


@shared_task(name="billing.tasks.charge_settled")
def charge_settled() -> int:
    """Charge what is settled. Any number of workers may run it at once."""
    return charging.charge_settled()
