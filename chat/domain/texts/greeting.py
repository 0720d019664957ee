"""The greeting that opens a chat on a page that no greeting of the company fits. It is no invitation."""

from uuid import UUID, uuid5

# Je and u, du and Sie, tu and vous.
_WORDS = {
    "nl": ("Hoi! Waarmee kunnen we je helpen?", "Goedendag, waarmee kunnen we u helpen?"),
    "en": ("Hi! How can we help you?", "Hello, how can we help you?"),
    "de": ("Hallo! Wie können wir dir helfen?", "Guten Tag, wie können wir Ihnen helfen?"),
    "fr": (
        "Bonjour ! Comment pouvons-nous t’aider ?",
        "Bonjour, comment pouvons-nous vous aider ?",
    ),
}
_SPACE = UUID("5f0b7c0e-9c50-4c7b-8d0e-0c1b1f4b2a11")


def default_greeting(language: str, tone: str) -> tuple[UUID, str]:
    """Return id and words of the greeting in a site's language, English where it isn't one of ours.

    The id is the same for the same words, so the page and the server mean the same by it.
    """
    body = _WORDS.get(language, _WORDS["en"])[tone == "u"]
    return uuid5(_SPACE, body), body
