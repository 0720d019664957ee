from django.apps import AppConfig


class AgencyConfig(AppConfig):
    """The agency: people, pool, promise, records, reports."""

    name = "agency"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and the words of an empty field; production stops here on an unsafe value."""
        from django.forms import Field
        from django.utils.translation import gettext_lazy

        from agency.services.checks import refuse_unsafe_production

        # One wording for all forms, Django's own and allauth's too: those say "This field is required."
        Field.default_error_messages["required"] = gettext_lazy("Fill this in.")

        refuse_unsafe_production()
