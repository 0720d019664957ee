"""The limits on what a person, a chat, a site and an address range may do, and the manager who sees and lifts them."""

import uuid

import pytest

from agency.models import Block, LogEntry, User
from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit
from chat.services.begin import limits as begin_limits
from tenants import clock
from tenants.resolve import SiteFacts, find_site
from tests import cast

pytestmark = pytest.mark.django_db

VISITOR = uuid.uuid4()


@pytest.fixture(autouse=True)
def fresh_counts(settings) -> None:
    """Counters of this test's own."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": default}


@pytest.fixture
def site() -> SiteFacts:
    found = find_site(cast.ACME_SITE)
    assert found is not None
    return found


def limit(most: int = 3) -> Limit:
    return Limit(f"test_{uuid.uuid4().hex[:12]}", most, 60)


def count(address: str, times: int) -> list[bool]:
    own = limit()
    return [rate_limits.take_address(own, address) for _ in range(times)]


def test_an_address_is_stopped_at_its_limit() -> None:
    assert count("203.0.113.7", 5) == [True, True, True, False, False]


def test_a_house_is_one_caller_however_many_addresses_it_takes() -> None:
    own = limit()
    house = [rate_limits.take_address(own, f"2001:db8:7:7::{number:x}") for number in range(1, 6)]
    assert house == [True, True, True, False, False]
    assert rate_limits.take_address(own, "2001:db8:7:8::1")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "", "unknown"])
def test_loopback_and_what_is_no_address_are_never_limited(address: str) -> None:
    assert all(count(address, 10))


def test_what_turned_out_well_is_given_back() -> None:
    own = limit()
    for _ in range(10):
        assert rate_limits.take(own, "x")
        rate_limits.give_back(own, "x")
    assert [rate_limits.take(own, "x") for _ in range(4)] == [True, True, True, False]


def test_a_rush_meets_no_limit(site: SiteFacts) -> None:
    """A commercial: 600 visitors of one site in ten minutes. An office or a mobile provider: 90 behind one address."""
    for number in range(600):
        address = f"198.51.{100 + number // 200}.{number % 200}"
        assert begin_limits.may_begin(site, uuid.uuid4(), address), number
    assert rate_limits.CHATS_OF_SITE.most > 600
    for number in range(90):
        assert begin_limits.may_begin(site, uuid.uuid4(), "203.0.113.9"), number
        assert begin_limits.may_rate(site, uuid.uuid4(), "203.0.113.9"), number
    assert not Block.objects.exists()


@pytest.mark.parametrize(
    ("flood", "kind"),
    [
        (lambda site, n: (site, VISITOR, f"192.0.2.{n % 250}"), "chats_visitor"),
        (lambda site, n: (site, uuid.uuid4(), f"2001:db8:1:1::{n:x}"), "chats_address"),
    ],
    ids=["one visitor", "one house"],
)
def test_a_flood_is_stopped_and_shown(site: SiteFacts, flood, kind: str) -> None:
    most = next(one.most for one in rate_limits.ALL if one.kind == kind)
    answers = [begin_limits.may_begin(*flood(site, number)) for number in range(most + 2)]
    assert answers == [True] * most + [False, False]
    block = Block.objects.get()
    assert (block.kind, block.until > clock.now()) == (kind, True)
    assert rate_limits.list_blocks() == [block]


def test_tries_that_begin_nothing_close_no_site(site: SiteFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 10
    monkeypatch.setattr(rate_limits, "CHATS_OF_SITE", Limit("chats_site", most, 600))
    assert all(begin_limits.may_begin(site, uuid.uuid4(), "") for _ in range(most + 2))
    for _ in range(most):
        begin_limits.count_begun(site)
    assert not Block.objects.exists()
    answers = [begin_limits.may_begin(site, uuid.uuid4(), "") for _ in range(3)]
    assert answers == [False, False, False]
    block = Block.objects.get()
    assert (block.kind, block.company_id) == ("chats_site", site.company_id)


def test_a_manager_lifts_a_limit_at_once(maud: User) -> None:
    own = Limit("ratings_address", 2, 60)
    assert [rate_limits.take_address(own, "203.0.113.7") for _ in range(4)] == [
        True,
        True,
        False,
        False,
    ]
    block = Block.objects.get()
    assert block.about == "203.0.113.7"
    assert rate_limits.lift(block_id=block.pk, by=maud, now=clock.now())
    assert not rate_limits.lift(block_id=block.pk, by=maud, now=clock.now())
    entry = LogEntry.objects.get(action="limit.lifted")
    # The log is kept for years, and names no single caller's address.
    assert entry.object_name == "203.0.113.x"
    assert entry.changes == {"limit": ["ratings_address", None]}


def test_who_was_let_go_on_goes_on(maud: User, django_capture_on_commit_callbacks) -> None:
    own = Limit("ratings_address", 1, 60)
    assert [rate_limits.take_address(own, "203.0.113.7") for _ in range(3)] == [True, False, False]
    with django_capture_on_commit_callbacks(execute=True):
        assert rate_limits.lift(block_id=Block.objects.get().pk, by=maud, now=clock.now())
    assert rate_limits.take_address(own, "203.0.113.7")


def test_every_limit_has_a_name_of_its_own_and_words() -> None:
    from agency.views.system.limit_words import WORDS

    kinds = [one.kind for one in rate_limits.ALL]
    assert len(set(kinds)) == len(kinds)
    assert set(WORDS) == set(kinds) - rate_limits.UNSEEN
