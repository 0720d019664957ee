"""Checks: unsafe values stop production, and each check looks at the border between schemas."""

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from agency.services.system import checks

SAFE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "k" * 64,
    "SECRET_KEY_IS_SET": True,
    "ALLOWED_HOSTS": ["desk.example.nl"],
    "PRIVATE_CALLS": frozenset(),
    "BASE_URL": "https://desk.example.nl",
}


@pytest.fixture
def production(settings):
    """Settings of a sound installation."""
    for name, value in SAFE.items():
        setattr(settings, name, value)
    return settings


def test_a_sound_production_starts(production):
    checks.refuse_unsafe_production()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEBUG", True, "E001"),
        ("SECRET_KEY_IS_SET", False, "E002"),
        ("SECRET_KEY", "short", "E003"),
        ("ALLOWED_HOSTS", [], "E004"),
        ("ALLOWED_HOSTS", ["*"], "E005"),
        ("PRIVATE_CALLS", frozenset({"127.0.0.1:8001"}), "E006"),
        ("BASE_URL", "http://desk.example.nl", "E007"),
    ],
)
def test_each_unsafe_value_stops_production_and_is_named(production, name, value, code):
    setattr(production, name, value)
    with pytest.raises(ImproperlyConfigured, match=f"balie.{code}"):
        checks.refuse_unsafe_production()


def test_all_unsafe_values_are_named_at_once(production):
    production.DEBUG, production.ALLOWED_HOSTS = True, []
    with pytest.raises(ImproperlyConfigured, match=r"E001.*E004"):
        checks.refuse_unsafe_production()


def test_development_may(settings):
    settings.PRODUCTION, settings.DEBUG = False, True
    checks.refuse_unsafe_production()


def test_the_project_itself_passes():
    assert [message for message in run_checks() if str(message.id).startswith("balie")] == []


def test_a_key_across_the_border_is_found(monkeypatch):
    class Stray(models.Model):
        user = models.ForeignKey("agency.User", on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "chat"

    try:
        with monkeypatch.context() as patch:
            patch.setattr(checks.apps, "get_models", lambda **_kw: [Stray])
            found = checks.check_tenant_border(None)
    finally:
        apps.all_models["chat"].pop("stray")
        apps.clear_cache()
    assert [message.id for message in found] == ["balie.E011"]


def test_chat_is_the_only_tenant_app(settings):
    settings.SHARED_APPS = [*settings.SHARED_APPS, "chat"]
    assert "balie.E010" in [message.id for message in checks.check_tenant_border(None)]


@pytest.mark.django_db
def test_a_direct_connection_is_nobodys_but_ours():
    assert checks.check_pooler(None, databases=["default"]) == []
