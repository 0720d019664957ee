from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy

# One wording for all forms, allauth's too, which would say "This field is required." Said here, before any form is
# imported: a field copies its words when its class is made.
Field.default_error_messages["required"] = gettext_lazy("Fill this in.")


class AgencyConfig(AppConfig):
    """The agency: people, pool, promise, records, reports."""

    name = "agency"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks. Production stops here on an unsafe value."""
        # Registers what the outbox sends for this app.
        from agency.services.people import password_links  # noqa: F401
        from agency.services.system.checks import refuse_unsafe_production

        refuse_unsafe_production()
