"""Looks at a site's own pages for its code, over real sockets."""

import gzip
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agency.models import InstallCheck, User
from agency.services import alarms
from agency.services.companies import install
from agency.services.companies.sightings import note_sightings
from agency.services.system import rate_limits
from balie.pages.company_list import needs_of
from tenants import clock
from tenants.models import Company, Site
from tests.agency.services.outgoing.test_fetch import server

pytestmark = pytest.mark.django_db

Answers = Callable[..., None]


def page(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


class OwnSite:
    """A site on this machine whose answer a test changes."""

    answer = page(b"<html></html>")
    heard: list[bytes]
    port = 0

    def talk(self, connection: socket.socket) -> None:
        connection.sendall(self.answer)


@pytest.fixture
def own(settings: Any, acme: Company) -> Iterator[OwnSite]:
    """Acme's site, whose only address is a server of this machine."""
    own = OwnSite()
    with server(own.talk) as (own.port, own.heard):
        settings.PRIVATE_CALLS = frozenset({f"127.0.0.1:{own.port}"})
        Site.objects.update(origins=[])
        acme.sites.update(origins=[f"http://127.0.0.1:{own.port}"])
        yield own


@pytest.fixture
def site(own: OwnSite, acme: Company) -> Site:
    return acme.sites.get()


def code_of(site: Site) -> bytes:
    return f'<html><script src="http://localhost/widget/{site.key}.js" async></script></html>'.encode()


def state_of(site: Site) -> tuple[str, str]:
    (check,) = install.check_now(site, now=clock.now())
    return check.state, check.reason


def test_the_code_is_found_however_the_page_comes(own: OwnSite, site: Site) -> None:
    assert state_of(site) == ("absent", "")
    own.answer = page(code_of(site))
    assert state_of(site) == ("found", "")
    own.answer = page(gzip.compress(code_of(site)), headers="Content-Encoding: gzip\r\n")
    assert state_of(site) == ("found", "")
    own.answer = page(b" " * 1_900_000 + code_of(site))
    assert state_of(site) == ("found", "")


def test_what_packs_more_than_is_read_is_read_no_further(own: OwnSite, site: Site) -> None:
    bomb = gzip.compress(b" " * 50_000_000 + code_of(site))
    own.answer = page(bomb, headers="Content-Encoding: gzip\r\n")
    assert state_of(site) == ("absent", "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page(b"", "404 Not Found"), "404"),
        (page(b"", "503 Service Unavailable"), "503"),
        (page(b"", "302 Found", "Location: /\r\n"), "redirects"),
        (page(b"", "302 Found", "Location: http://10.0.0.1/\r\n"), "private"),
        (page(b"", "302 Found", "Location: ftp://example.nl/\r\n"), "address"),
        (page(b"", "302 Found", "Location: http://[\r\n"), "address"),
        (b"not http at all\r\n\r\n", "broken"),
    ],
)
def test_a_page_that_can_t_be_read_says_why_and_is_no_miss(
    own: OwnSite, site: Site, answer: bytes, reason: str
) -> None:
    own.answer = answer
    assert state_of(site) == ("unread", reason)
    assert InstallCheck.objects.get().missed_at is None


def missed_ten_minutes_ago() -> None:
    InstallCheck.objects.update(missed_at=clock.now() - timedelta(minutes=10, seconds=1))


def test_a_page_for_robots_alarms_nobody_while_browsers_have_the_code(own: OwnSite, site: Site) -> None:
    own.answer = page(code_of(site))
    install.check_now(site, now=clock.now())
    own.answer = page(b"<html>Are you a robot?</html>")
    install.check_now(site, now=clock.now())
    missed_ten_minutes_ago()
    install.check_now(site, now=clock.now())
    assert install.gone().count() == 1
    note_sightings([(site.pk, site.origins[0])], clock.now())
    assert install.gone().count() == 0


def test_a_code_that_goes_is_an_alarm_after_two_looks_and_over_when_it_is_back(
    own: OwnSite, site: Site, acme: Company
) -> None:
    now = clock.now()
    own.answer = page(code_of(site))
    InstallCheck.objects.create(site=site, origin=site.origins[0], next_at=now)
    assert install.check_due(now=now) == 1
    own.answer = page(b"<html>new shop</html>")
    later = now + timedelta(hours=7)
    assert install.check_due(now=later) == 1
    assert install.gone().count() == 0
    check = InstallCheck.objects.get()
    assert timedelta(minutes=9) < check.next_at - clock.now() < timedelta(minutes=11)
    # Looked at again at once: a page that is missing for a moment is no news yet.
    install.check_now(site, now=later)
    assert install.gone().count() == 0
    missed_ten_minutes_ago()
    own.answer = page(b"", "503 Service Unavailable")
    install.check_now(site, now=later)
    assert install.gone().count() == 0
    own.answer = page(b"<html>new shop</html>")
    install.check_now(site, now=later)
    assert [one.origin for one in install.gone()] == site.origins
    assert "code_gone" in needs_of(acme, later)
    alarms.count_alarms(later)
    assert ("snippet", 1) in [(one.kind, one.count) for one in alarms.list_alarms(later)]
    own.answer = page(code_of(site))
    install.check_now(site, now=later)
    assert install.gone().count() == 0
    alarms.count_alarms(later)
    assert "snippet" not in [one.kind for one in alarms.list_alarms(later)]


def test_a_site_that_never_had_the_code_alarms_nobody(own: OwnSite, site: Site) -> None:
    for _look in range(3):
        assert state_of(site) == ("absent", "")
    assert install.gone().count() == 0


def test_an_address_that_is_no_longer_the_site_s_is_forgotten(own: OwnSite, site: Site) -> None:
    own.answer = page(code_of(site))
    install.check_now(site, now=clock.now())
    site.origins = []
    site.save()
    install.check_due(now=clock.now())
    assert not InstallCheck.objects.filter(site=site).exists()


def test_what_one_worker_took_no_other_takes(own: OwnSite, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    seen: list[int] = []

    def look_at(origin: str, key: str, **_facts: Any) -> install.PageLook:
        seen.append(install.check_due(now=now))
        return install.PageLook("absent")

    monkeypatch.setattr(install, "look_at", look_at)
    assert install.check_due(now=now + timedelta(seconds=1)) == 1
    assert seen == [0]


def test_company_and_manager_look_from_their_pages(
    own: OwnSite, site: Site, acme: Company, carol: User, maud: User
) -> None:
    own.answer = page(code_of(site))
    portal = Client(HTTP_HOST="acme.localhost")
    portal.force_login(carol)
    answer = portal.post(f"/sites/{site.pk}/check/", follow=True).content.decode()
    assert answer.count("De code staat op de pagina.") == 2
    own.answer = page(b"")
    desk = Client(HTTP_HOST="localhost")
    desk.force_login(maud)
    address = f"/manage/companies/{acme.pk}/sites/{site.pk}/check/"
    assert desk.post(address, follow=True).content.decode().count("De code staat niet op de pagina.") == 2


def test_somebody_else_s_site_is_absent_and_looks_are_counted(
    own: OwnSite, site: Site, carol: User, zen: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = Client(HTTP_HOST="acme.localhost")
    portal.force_login(carol)
    assert portal.post(f"/sites/{zen.sites.get().pk}/check/").status_code == 404
    monkeypatch.setattr(rate_limits, "LOOKS_OF_COMPANY", rate_limits.Limit("looks_company", 1, 600))
    rate_limits.forget(rate_limits.LOOKS_OF_COMPANY, str(site.company_id))
    portal.post(f"/sites/{site.pk}/check/")
    heard = len(own.heard)
    answer = portal.post(f"/sites/{site.pk}/check/", follow=True).content.decode()
    assert "hoogstens 1 keer" in answer
    assert len(own.heard) == heard
    rate_limits.forget(rate_limits.LOOKS_OF_COMPANY, str(site.company_id))
