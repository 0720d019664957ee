from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from agency.models import Operator, PortalMember, User
from agency.project.demo.content import COMPANIES, MANAGER, OPERATORS, OWNERS, PASSWORD
from agency.project.onboarding import onboard, open_always
from agency.services.certification import certify
from tenants.models import Company, Site


class Command(BaseCommand):
    help = "Fill an empty database with the demo; on a demo that is there, rewrite origins and links to PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if not User.objects.exists() and not Company.objects.exists():
                _fill()
                self.stdout.write("demo loaded")
        _readdress()


def _fill() -> None:
    companies = {}
    for facts in COMPANIES:
        site = {key: value for key, value in facts["site"].items() if key != "host"}
        rest = {key: value for key, value in facts.items() if key != "site"}
        company, _ = onboard(site=site, now=timezone.now(), **rest)
        open_always(company, "Demo")
        companies[company.slug] = company
    User.objects.create_superuser(password=PASSWORD, **MANAGER)
    for person in OPERATORS:
        user = User.objects.create_user(person["email"], PASSWORD, name=person["name"])
        operator = Operator.objects.create(
            user=user,
            public_name=person["public_name"],
            level=person["level"],
            languages=["nl", "en"],
        )
        for slug in person["certified"]:
            certify(operator=operator, company=companies[slug])
    for person in OWNERS:
        user = User.objects.create_user(person["email"], PASSWORD, name=person["name"])
        PortalMember.objects.create(
            user=user, company=companies[person["company"]], role=PortalMember.Role.OWNER
        )


def _readdress() -> None:
    """The demo's own sites are on PORT + 1 of this start."""
    for facts in COMPANIES:
        origin = f"http://{facts['site']['host']}:{settings.PORT + 1}"
        Site.objects.filter(key=facts["site"]["key"]).update(
            origins=[origin], privacy_url=f"{origin}/privacy.html"
        )
