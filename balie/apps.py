from django.apps import AppConfig


class BalieConfig(AppConfig):
    """The composition root: settings, URLs, servers and the commands that span apps."""

    name = "balie"
    label = "balie"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what the outbox sends for this app."""
        from balie.steps import sign_up  # noqa: F401
