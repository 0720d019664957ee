"""Limits in words: the act that is done too often, and by whom."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = str | Promise

_CHATS = gettext_lazy("New chats and questions")
_TRANSCRIPTS = gettext_lazy("Transcripts asked for")
_RATINGS = gettext_lazy("Ratings")
_PASSWORDS = gettext_lazy("Wrong passwords")
_VISITOR = gettext_lazy("a visitor")
_ADDRESS = gettext_lazy("an internet address")

# By kind of agency/services/system/rate_limits.py: what is done too often, and by whom.
WORDS: dict[str, tuple[Words, Words]] = {
    "chats_visitor": (_CHATS, _VISITOR),
    "chats_address": (_CHATS, _ADDRESS),
    "chats_site": (_CHATS, gettext_lazy("a site")),
    "chats_agency": (_CHATS, gettext_lazy("all sites together")),
    "transcripts_visitor": (_TRANSCRIPTS, _VISITOR),
    "transcripts_address": (_TRANSCRIPTS, _ADDRESS),
    "ratings_chat": (_RATINGS, gettext_lazy("a chat")),
    "ratings_visitor": (_RATINGS, _VISITOR),
    "ratings_address": (_RATINGS, _ADDRESS),
    "leads_address": (gettext_lazy("Links of leads"), _ADDRESS),
    "passwords_account": (_PASSWORDS, gettext_lazy("an account")),
    "passwords_device": (_PASSWORDS, gettext_lazy("an account, from its own device")),
    "passwords_address": (_PASSWORDS, _ADDRESS),
    "codes_account": (gettext_lazy("Wrong codes of the second step"), gettext_lazy("an account")),
    "portal_mails_company": (gettext_lazy("Invitations to a portal"), gettext_lazy("a company")),
    "portal_mails_newcomer": (
        gettext_lazy("Invitations to a portal"),
        gettext_lazy("a company that isn't live yet"),
    ),
    "looks_company": (gettext_lazy("Looks at sites for their code"), gettext_lazy("a company")),
    "readings_company": (gettext_lazy("Readings of sites for their texts"), gettext_lazy("a company")),
    "pictures_company": (gettext_lazy("Pictures sent"), gettext_lazy("a company")),
    "sign_ups_address": (gettext_lazy("Companies that sign up"), _ADDRESS),
    "sign_ups_mailbox": (gettext_lazy("Companies that sign up"), gettext_lazy("a mailbox")),
    "sign_ups_agency": (gettext_lazy("Companies that sign up"), gettext_lazy("all together")),
    "resets_address": (gettext_lazy("Mails for a new password"), _ADDRESS),
}


def what_of(kind: str) -> str:
    """Say what is done too often, and by whom, as one text. A kind without words shows its own name."""
    return ": ".join(str(words) for words in WORDS.get(kind, (kind,)))
