"""A letter to one of a company's own people, in their language and the company's look."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from agency.models import User
from agency.services.companies.palette import make_palette
from chat.services.mail import deliveries
from chat.services.mail.deliveries import OutgoingMail
from tenants.models import Company


def queue_letter(
    kind: str, *, company: Company, to: User, sender: str, facts: Mapping[str, Any], now: datetime
) -> None:
    """Write a letter into the outbox.

    Args:
        kind: of the mail, and the folder of `templates/email` with its `subject.txt`, `letter.txt` and `letter.html`.
        sender: the name that it comes from.
        facts: what its templates say beside the company, the agency and the look.
    """
    context = {
        "company": company,
        "agency": settings.AGENCY_NAME,
        "colours": make_palette(company.brand),
        "language": to.language,
        **facts,
    }
    with translation.override(to.language):
        mail = OutgoingMail(
            kind=kind,
            object_id=uuid.uuid4(),
            recipient=to.email,
            reply_to=settings.AGENCY_EMAIL,
            sender=sender,
            subject=" ".join(render_to_string(f"email/{kind}/subject.txt", context).split()),
            text=render_to_string(f"email/{kind}/letter.txt", context).strip() + "\n",
            html=render_to_string(f"email/{kind}/letter.html", context),
        )
    deliveries.queue(mail, company=company, now=now)
