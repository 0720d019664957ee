"""The cast: companies acme and zen, operators alice (both) and bob (acme only), manager maud, owners carol and dave.

Made once into the template database, so every test finds the same people under the same ids.
"""

from typing import Any

from django.utils import timezone

from agency.models import Operator, PortalMember, User
from agency.services.certification.certify import certify
from balie.steps.onboard import onboard, open_always
from tenants.models import Company

PASSWORD = "a long password for the cast"
ACME_SITE = "acacacacacacacacacacacacacacacac"
ZEN_SITE = "2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e"
ACME_ORIGIN = "https://shop.acme.example"
ZEN_ORIGIN = "https://www.zen.example"

_GREETING: dict[str, Any] = {
    "kind": "greeting",
    "key": "algemeen",
    "data": {"patterns": ["*"], "starts": []},
}
_CANNED: dict[str, Any] = {"kind": "canned", "key": "groet", "title": "Groet"}
_SCRIPT: dict[str, Any] = {
    "kind": "script",
    "key": "script",
    "title": "Script",
    "data": {"steps": [{"key": "greet", "text": "Groet"}, {"key": "size", "text": "Vraag de maat"}]},
}


def make_cast() -> None:
    """Make everybody."""
    acme = _company("acme", "Acme Schoenen", "AC", "#1d4ed8", ACME_SITE, ACME_ORIGIN)
    zen = _company("zen", "Zen Energie", "ZE", "#ffc400", ZEN_SITE, ZEN_ORIGIN)
    User.objects.create_superuser("maud@balie.test", PASSWORD, name="Maud Bakker")
    _operator("alice@balie.test", "Alice", [acme, zen], "trained")
    _operator("bob@balie.test", "Bob", [acme], "beginner")
    for email, company in (("carol@acme.test", acme), ("dave@zen.test", zen)):
        user = User.objects.create_user(email, PASSWORD, name=email.split("@")[0].title())
        PortalMember.objects.create(user=user, company=company, role=PortalMember.Role.OWNER, entered_at=timezone.now())


def _company(slug: str, name: str, monogram: str, brand: str, site_key: str, origin: str) -> Company:
    company, _ = onboard(
        slug=slug,
        name=name,
        monogram=monogram,
        brand=brand,
        question_email=f"vragen@{slug}.test",
        # Most tests are about managers who publish; the others say so.
        managers_publish=True,
        site={
            "key": site_key,
            "name": f"{name} site",
            "origins": [origin],
            "phone": "085 000 12 34",
        },
        texts=[
            {**_GREETING, "body": f"Hoi van {name}!"},
            {**_CANNED, "body": f"Dag {{naam}}, welkom bij {name}. LEAK-{slug}-canned"},
            {**_SCRIPT, "body": f"LEAK-{slug}-script"},
            {"kind": "instruction", "key": "instructie", "body": f"LEAK-{slug}-instruction"},
        ],
        now=timezone.now(),
    )
    open_always(company, "tests")
    return company


def _operator(email: str, public_name: str, companies: list[Company], level: str) -> None:
    user = User.objects.create_user(email, PASSWORD, name=public_name)
    operator = Operator.objects.create(user=user, public_name=public_name, level=level, languages=["nl", "en"])
    for company in companies:
        certify(operator=operator, company=company)
