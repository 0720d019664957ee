"""Texts that lie encrypted in the database and are needed again as they were."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str, *, purpose: str) -> str:
    """Encrypt a text under the newest key. What was sealed for one purpose can't be opened for another."""
    return _keys(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Return the text again, also when it was sealed under a key that has since become a fallback."""
    return _keys(purpose).decrypt(sealed.encode()).decode()


def _keys(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"balie.{purpose}:{secret}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
