"""Passwords of tests: hashed as everybody's, but for the 0.4 s that a guesser shall wait."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """A hasher with one iteration. A process with the usual hasher can check the password too."""

    iterations = 1
