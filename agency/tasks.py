"""Celery tasks of the agency: wake-ups. What is due lies in PostgreSQL."""

from celery import shared_task
from django.conf import settings

from agency.services import alarms
from agency.services.companies import install
from agency.services.mail import agency_mail, mail_states, outbox
from agency.services.people.sign_in import sessions
from agency.services.system.health import note_heartbeat
from tenants import clock


@shared_task(name="agency.tasks.drain_outbox")
def drain_outbox() -> int:
    """Do the effects that are due. Any number of workers may run it at once."""
    note_heartbeat(part="worker", node=settings.NODE, now=clock.now())
    return outbox.drain(now=clock.now)


@shared_task(name="agency.tasks.prune_outbox")
def prune_outbox() -> int:
    """Sweep away what was done a month ago. Twice at once does the same as once."""
    now = clock.now()
    return mail_states.prune(now=now) + agency_mail.prune(now=now)


@shared_task(name="agency.tasks.check_installs")
def check_installs() -> int:
    """Look whether sites still carry their code. Any number of workers may run it at once."""
    return install.check_due(now=clock.now())


@shared_task(name="agency.tasks.prune_sessions")
def prune_sessions() -> int:
    """Sweep away sessions that are over. Twice at once does the same as once."""
    return sessions.prune(now=clock.now())


@shared_task(name="agency.tasks.count_alarms")
def count_alarms() -> None:
    """Count what every page of a manager's shows. Twice at once does the same as once."""
    alarms.count_alarms(clock.now())


@shared_task(name="agency.tasks.note_beat")
def note_beat() -> None:
    """Beat woke us: it lives."""
    note_heartbeat(part="beat", node="beat", now=clock.now())
