"""Words of a company's finished chats."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from chat.models.chat import Words


class KnownWord(models.Model):
    """A word that some finished chat holds: by it a word that somebody mistyped is found."""

    # Not unique: of two chats that close at the same moment one would wait for the other. A few stand here twice.
    word = models.TextField()

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["word"], name="word_known", opclasses=["text_pattern_ops"]),
            GinIndex(fields=["word"], name="word_near", opclasses=["public.gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word
