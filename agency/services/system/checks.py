"""Start-up checks: production doesn't start on unsafe values, and no table refers across the tenant border."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from tenants.backend.probe import refuse_shared

# Only `chat` lies in a company's schema; everything else is the agency's.
TENANT_APPS = ["chat"]
# Shorter than this, a signing key can be guessed; `secrets.token_urlsafe(48)` has 64.
SHORTEST_KEY = 40


def refuse_unsafe_production() -> None:
    """Stop a production process at start, whichever server runs it.

    Raises:
        ImproperlyConfigured: naming every unsafe value at once.
    """
    if settings.PRODUCTION and (found := unsafe_values()):
        raise ImproperlyConfigured(" ".join(f"{error.id}: {error.msg}" for error in found))


def unsafe_values() -> list[CheckMessage]:
    """Check for settings that must not be so in production."""
    rules = [
        (settings.DEBUG, "E001", "DEBUG is on."),
        (not settings.SECRET_KEY_IS_SET, "E002", "SECRET_KEY isn't set: every process would sign its own way."),
        (
            len(settings.SECRET_KEY) < SHORTEST_KEY,
            "E003",
            f"SECRET_KEY is shorter than {SHORTEST_KEY} characters.",
        ),
        (not settings.ALLOWED_HOSTS, "E004", "ALLOWED_HOSTS is empty."),
        ("*" in settings.ALLOWED_HOSTS, "E005", "ALLOWED_HOSTS allows every host."),
        (bool(settings.PRIVATE_CALLS), "E006", "BALIE_PRIVATE_CALLS opens private addresses."),
        (
            not settings.BASE_URL.startswith("https://"),
            "E007",
            "BALIE_BASE_URL isn't an https address: sign-in cookies would never be sent back.",
        ),
    ]  # fmt: skip
    return [Error(text, id=f"balie.{code}") for is_so, code, text in rules if is_so]


@register(Tags.security)
def check_production(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The same list for `manage.py check`."""
    return unsafe_values() if settings.PRODUCTION else []


@register(Tags.models)
def check_tenant_border(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """`chat` alone is a tenant app, and no relation leads from it to the shared schema or back."""
    found: list[CheckMessage] = []
    if list(settings.TENANT_APPS) != TENANT_APPS or set(TENANT_APPS) & set(settings.SHARED_APPS):
        found.append(Error("TENANT_APPS must be chat alone, and nowhere else.", id="balie.E010"))
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target: Any = getattr(field, "related_model", None)
            if target is None or not getattr(field, "concrete", False):
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if (here in TENANT_APPS) != (there in TENANT_APPS):
                text = f"{model._meta.label}.{field.name} refers across schemas: store a UUID."
                found.append(Error(text, obj=model, id="balie.E011"))
    return found


@register(Tags.database)
def check_pooler(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """For `manage.py check --database default`: what every process asks before its first query."""
    try:
        for alias in databases or []:
            refuse_shared(connections[alias].settings_dict)
    except ImproperlyConfigured as error:
        return [Error(str(error), id="balie.E020")]
    return []
