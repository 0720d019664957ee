"""The mail that only asks somebody whether they want a chat in which nobody of the agency has written."""

from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from chat.domain.mail import words as mail_words
from chat.domain.mail.confirmation_words import confirm_voice
from chat.domain.mail.headers import header_line
from chat.models import Delivery
from chat.services.mail import deliveries, links
from chat.services.mail.deliveries import Rendered
from chat.services.mail.transcript_letter import answers_to, chat_of, colours_of, day_words
from tenants.models import Company


@deliveries.renders("confirmation")
def render_confirmation(delivery: Delivery, company: Company) -> Rendered:
    """The question, in the voice of the transcript that follows. It holds no word that the visitor chose."""
    chat = chat_of(delivery)
    voice = mail_words.voice(chat.language, company.tone)
    words = confirm_voice(voice)
    start = chat.opened_at.astimezone(ZoneInfo(company.zone))
    facts = {
        "company": company.name,
        "day": day_words(start, voice, voice.long_day),
        "start": f"{start:%H:%M}",
    }
    subject = header_line(words.subject.format(**facts), deliveries.SUBJECT_LIMIT)
    context: dict[str, object] = {
        "company": company,
        "language": voice.language,
        "voice": voice,
        "words": words,
        "intro": words.intro.format(**facts),
        "subject": subject,
        "url": links.confirm_url(delivery, company),
        "colours": colours_of(company),
        "privacy_url": links.privacy_url(chat),
    }
    return Rendered(
        sender=company.name,
        reply_to=answers_to(company),
        subject=subject,
        text=render_to_string("email/confirmation.txt", context).strip() + "\n",
        html=render_to_string("email/confirmation.html", context),
    )
