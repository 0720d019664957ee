"""The facts believed of a site's key: for 2 s, and not a moment longer."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants import resolve
from tenants.models import Company, Site
from tests import cast

pytestmark = pytest.mark.django_db

NEW_KEY = "5" * 32


class Clock:
    """The seconds of the process."""

    now = 1_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(resolve, "time", SimpleNamespace(monotonic=lambda: clock.now))
    resolve._sites.clear()
    return clock


def queries(key: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        resolve.find_site(key)
    return len(asked)


def test_a_change_is_seen_after_2_seconds(clock: Clock) -> None:
    before = resolve.find_site(cast.ACME_SITE)
    assert before is not None
    Site.objects.filter(key=cast.ACME_SITE).update(origins=["https://new.example"])
    clock.now += 1.999
    assert (resolve.find_site(cast.ACME_SITE), resolve.remembered_site(cast.ACME_SITE)) == (before, before)
    clock.now += 0.001
    assert resolve.remembered_site(cast.ACME_SITE) is None
    after = resolve.find_site(cast.ACME_SITE)
    assert after is not None
    assert after.origins == {"https://new.example"}


def test_a_company_that_isn_t_ready_any_more_is_gone_after_2_seconds(clock: Clock) -> None:
    assert resolve.find_site(cast.ACME_SITE) is not None
    Company.objects.filter(slug="acme").update(ready=False)
    assert resolve.find_site(cast.ACME_SITE) is not None
    clock.now += 2
    assert resolve.find_site(cast.ACME_SITE) is None


def test_a_new_site_answers_within_2_seconds_and_who_guesses_costs_one_query(clock: Clock, acme: Company) -> None:
    assert [queries(NEW_KEY), queries(NEW_KEY)] == [1, 0]
    Site.objects.create(company=acme, key=NEW_KEY, name="New", origins=[])
    assert resolve.find_site(NEW_KEY) is None
    clock.now += 2
    found = resolve.find_site(NEW_KEY)
    assert found is not None
    assert found.name == "New"


@pytest.mark.parametrize("key", ["", "x" * 32, NEW_KEY + "0", NEW_KEY.upper() + "A", "\x00" * 32, "٥" * 32])
def test_what_can_t_be_a_key_asks_nothing(clock: Clock, key: str) -> None:
    assert queries(key) == 0
