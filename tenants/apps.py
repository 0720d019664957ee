from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Client companies: schema, sites and domains."""

    name = "tenants"
    default_auto_field = "django.db.models.BigAutoField"
