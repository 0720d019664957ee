from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The composition root: settings, URLs, servers and the commands that span apps."""

    name = "agency.project"
    label = "project"
    default_auto_field = "django.db.models.BigAutoField"
