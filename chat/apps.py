from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Conversations: the only app whose tables lie in a company's own schema."""

    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers what the outbox sends for this app.
        from chat.services.leads import escalate  # noqa: F401
        from chat.services.mail import confirmation_letter, deliveries, transcript_letter  # noqa: F401
        from chat.services.texts import site_reading  # noqa: F401
