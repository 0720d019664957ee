"""Django's password rules, in our words: its own Dutch lags behind its releases, and doesn't say what to do."""

from django.contrib.auth import password_validation as rules
from django.utils.translation import gettext as _


class LongEnough(rules.MinimumLengthValidator):
    """At least `min_length` characters."""

    def get_error_message(self) -> str:
        """The advice, in the reader's language."""
        return _("This is too short: take at least %(n)s characters.") % {"n": self.min_length}


class NotCommon(rules.CommonPasswordValidator):
    """None of the 20,000 that everybody tries first."""

    def get_error_message(self) -> str:
        """The advice, in the reader's language."""
        return _("Many people use this password. Take three words that only you put together.")


class NotLikeYou(rules.UserAttributeSimilarityValidator):
    """Not the person's own name or address."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("name", "email"))

    def get_error_message(self) -> str:
        """The advice, in the reader's language."""
        return _("This looks too much like your name or address.")
