"""A company beside the cast, and the schemas there are."""

from typing import Any

from django.db import connection

from tenants.models import Company
from tenants.provisioning import create_company


def make(slug: str = "nova", **fields: Any) -> Company:
    """Return a company beside the cast."""
    return create_company(
        slug=slug,
        portal_host=fields.pop("portal_host", f"{slug}.localhost"),
        name=fields.pop("name", "Nova"),
        monogram=fields.pop("monogram", "NO"),
        **fields,
    )


def schemas() -> set[str]:
    """Return the names of every company's schema."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%%'")
        return {name for (name,) in cursor.fetchall()}
