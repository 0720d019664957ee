"""A site's secrets at the portal: shown once, two at most, ended by owners."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from agency.domain.sites.identity import BadIdentity
from agency.models import LogEntry, PortalMember, SiteSecret, User
from agency.services.companies.site_secrets import identify
from agency.services.system.seal import seal
from tenants.models import Company
from tests.agency.domain.sites.test_identity import token
from tests.pages import browser_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def made(browser: object, url: str) -> str:
    """Make a secret, and read it from the only answer that shows it."""
    page = browser.post(url, {"what": "make"}).content.decode()  # type: ignore[attr-defined]
    found = re.search(r"<code tabindex=\"0\">([\w-]{43})</code>", page)
    assert found
    return found[1]


def test_two_hold_while_a_server_changes_from_one_to_the_other(acme: Company, carol: User) -> None:
    site = acme.sites.get()
    browser, url = browser_of(carol), f"/sites/{site.pk}/secrets/"
    assert "Nog geen" in browser.get(url).content.decode()
    first, second = made(browser, url), made(browser, url)
    page = browser.get(url).content.decode()
    assert first not in page
    assert f"…{first[-4:]}" in page
    assert not SiteSecret.objects.filter(sealed__contains=first).exists()
    assert "Er gelden al twee" in browser.post(url, {"what": "make"}, follow=True).content.decode()

    facts = {"aud": site.key, "exp": (NOW + timedelta(minutes=5)).timestamp()}
    assert [identify(site=site, token=token(one, **facts), now=NOW).sub for one in (first, second)] == ["K-7"] * 2
    old = SiteSecret.objects.get(ending=first[-4:])
    browser.post(url, {"what": "end", "secret": old.pk})
    with pytest.raises(BadIdentity):
        identify(site=site, token=token(first, **facts), now=NOW)
    # Sealed under a key that is no fallback any more.
    lost = SiteSecret.objects.create(site=site, sealed=seal("x", purpose="another"), ending="lost", made_at=NOW)
    assert identify(site=site, token=token(second, **facts), now=NOW).name == "Zoë"
    lost.delete()
    assert "al beëindigd" in browser.post(url, {"what": "end", "secret": old.pk}, follow=True).content.decode()
    assert "al beëindigd" in browser.post(url, {"what": "end", "secret": "x"}, follow=True).content.decode()
    said = LogEntry.objects.filter(action__startswith="site.secret").order_by("at")
    assert [(one.action, one.changes["ending"][1]) for one in said] == [
        ("site.secret_made", first[-4:]),
        ("site.secret_made", second[-4:]),
        ("site.secret_ended", first[-4:]),
    ]


def test_owners_alone_make_them_and_only_of_their_own_sites(acme: Company, zen: Company, carol: User) -> None:
    url = f"/sites/{acme.sites.get().pk}/secrets/"
    assert browser_of(carol).post(f"/sites/{zen.sites.get().pk}/secrets/").status_code == 404
    for role in ("editor", "reader"):
        PortalMember.objects.filter(user=carol).update(role=role)
        browser = browser_of(carol)
        assert browser.post(url, {"what": "make"}).status_code == 403
        assert "Een secret maken" not in browser.get(url).content.decode()
    assert not SiteSecret.objects.exists()
