"""Prepare a replay through the ORM: its own companies, open all day, and its robots' sign-ins."""

from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session

from agency.domain.hours.periods import local_day
from agency.models import Operator, Seat, User
from agency.services.certification.certify import certify
from agency.services.pool.seats import end_lease
from balie.steps.onboard import onboard, open_always
from billing.domain.pricing import ZONE
from billing.models import Price
from billing.services.prices import set_price
from tenants import clock
from tenants.models import Company, Site

COMPANIES = 4
PRICE = Decimal("3.50")
LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a visitor's robot stands: a site of ours, seen from its page."""

    site_key: str
    origin: str
    company: Company


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything set up: the sites, and a session key per robot."""

    stands: list[Stand]
    sessions: list[str]
    operators: list[Operator]

    def clear(self) -> None:
        """Sign the robots out, which frees their seats at once."""
        Session.objects.filter(session_key__in=self.sessions).delete()
        for operator in self.operators:
            end_lease(operator_id=operator.pk, now=clock.now())


def build(robots: int) -> Stage:
    """Make the companies and robots that aren't there yet, and sign the robots in."""
    stands = [_stand(number) for number in range(1, COMPANIES + 1)]
    operators = [_robot(number, stands) for number in range(1, robots + 1)]
    # Robots of an earlier replay that was killed: without operators nobody may seem to be here.
    for seat in Seat.objects.filter(operator__user__email__endswith="@replay.test"):
        end_lease(operator_id=seat.operator_id, now=clock.now())
    return Stage(stands, [sign_in(operator.user) for operator in operators], operators)


def _stand(number: int) -> Stand:
    slug = f"replay-{number}"
    origin = f"http://{slug}.example"
    company = Company.objects.filter(slug=slug, ready=True).first()
    if company is None:
        company, _ = onboard(
            slug=slug,
            name=f"Replay {number}",
            monogram=f"R{number}",
            brand="#0c5b5e",
            language=LANGUAGE,
            question_email=f"questions@{slug}.test",
            site={"name": f"Replay {number}", "origins": [origin]},
            texts=[
                {
                    "kind": "greeting",
                    "key": "general",
                    "body": "Hello! How can I help?",
                    "data": {"patterns": ["*"], "starts": []},
                }
            ],
            now=clock.now(),
        )
    open_always(company, "Replay")
    _price(company)
    site = Site.objects.get(company=company)
    return Stand(site.key, site.origins[0], company)


def _price(company: Company) -> None:
    now = clock.now()
    if not Price.objects.filter(company=company).exists():
        day = local_day(now, ZONE)
        set_price(company=company, amount=PRICE, valid_from=day, by=_keeper(), now=now)


def _keeper() -> User:
    """Return the user who sets the prices. Without a password or a right, nobody can sign in as it."""
    found = User.objects.filter(email="keeper@replay.test").first()
    return found or User.objects.create_user("keeper@replay.test", None, name="Replay")


def _robot(number: int, stands: list[Stand]) -> Operator:
    email = f"robot-{number:03}@replay.test"
    user = User.objects.filter(email=email).first()
    if user is None:
        # No password: robots sign in by a session made here, and nobody else can.
        user = User.objects.create_user(email, None, name=f"Robot {number}")
    operator, _ = Operator.objects.get_or_create(
        user=user,
        defaults={
            "public_name": f"Robot {number}",
            "level": Operator.Level.TRAINED,
            "languages": [LANGUAGE],
        },
    )
    for stand in stands:
        certify(operator=operator, company=stand.company)
    return operator


def sign_in(user: User) -> str:
    """The key of a new session of this user."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
