from django.apps import AppConfig


class AgencyConfig(AppConfig):
    """The agency: people, pool, promise, records, reports."""

    name = "agency"
    default_auto_field = "django.db.models.BigAutoField"
