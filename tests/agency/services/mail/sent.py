"""The worker's round, and what it put in Django's outbox of tests."""

from django.core import mail
from django.core.mail import EmailMessage

from agency.services.mail import outbox
from tenants import clock


def sent_mails() -> list[EmailMessage]:
    """Return every mail that has left once the worker has done what is due."""
    outbox.drain(now=clock.now)
    return list(mail.outbox)
