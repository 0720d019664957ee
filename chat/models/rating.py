"""Ratings that visitors give their chats."""

from django.db import models

from chat.models.chat import Words


class Rating(models.Model):
    """The rating of a chat, which the visitor may change. Its value is also a `RecordEvent`, for reports."""

    chat = models.OneToOneField("chat.Chat", on_delete=models.CASCADE, primary_key=True, related_name="rating")
    good = models.BooleanField()
    words = models.TextField(blank=True)
    # Where it was given: panel or mail.
    source = models.CharField(max_length=5, default="panel")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = Words()

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.chat_id} {'good' if self.good else 'not good'}"
