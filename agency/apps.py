from django.apps import AppConfig


class AgencyConfig(AppConfig):
    """The agency: people, pool, promise, records, reports."""

    name = "agency"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks; production stops here on an unsafe value."""
        from agency.services.checks import refuse_unsafe_production

        refuse_unsafe_production()
