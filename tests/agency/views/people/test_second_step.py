"""Signing in with a code from an app, switched on through the pages and used with real codes."""

import base64
import hmac
import struct
import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

HOST = {"host": "localhost"}


def code_of(secret: str, at: float) -> str:
    """Return the six digits an app shows at `at`: RFC 6238, as the apps do it."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@pytest.fixture
def secret(maud) -> str:
    """Switch the second step on for maud, through the pages. Returns the shared secret."""
    browser = Client()
    browser.post("/accounts/login/", {"login": maud.email, "password": PASSWORD}, headers=HOST)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD}, headers=HOST)
    page = browser.get("/accounts/2fa/totp/activate/", headers=HOST)
    assert page.headers["Cache-Control"] == "no-store"
    secret = page.context["form"].secret
    code = code_of(secret, time.time())
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code}, headers=HOST)
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    codes = browser.get("/accounts/2fa/recovery-codes/", headers=HOST)
    assert (codes.status_code, codes.headers["Cache-Control"]) == (200, "no-store")
    return secret


def test_the_password_alone_no_longer_signs_in(maud, secret):
    browser = Client()
    data = {"login": maud.email, "password": PASSWORD}
    answer = browser.post("/accounts/login/", data, headers=HOST)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/manage/", headers=HOST).status_code == 302
    assert "_auth_user_id" not in browser.session


def test_a_wrong_code_is_said_and_a_right_one_signs_in(maud, secret):
    browser = Client()
    browser.post("/accounts/login/", {"login": maud.email, "password": PASSWORD}, headers=HOST)
    wrong = browser.post("/accounts/2fa/authenticate/", {"code": "000000"}, headers=HOST)
    assert "Deze code klopt niet" in wrong.content.decode()
    # The next period: the code that switched it on was used.
    code = code_of(secret, time.time() + 30)
    right = browser.post("/accounts/2fa/authenticate/", {"code": code}, headers=HOST)
    assert right.headers["Location"] == "/manage/"
    assert browser.get("/manage/", headers=HOST).status_code == 200


def test_a_code_works_once(maud, secret):
    code = code_of(secret, time.time() + 30)
    places = []
    for _ in range(2):
        browser = Client()
        browser.post("/accounts/login/", {"login": maud.email, "password": PASSWORD}, headers=HOST)
        answer = browser.post("/accounts/2fa/authenticate/", {"code": code}, headers=HOST)
        places.append(answer.headers.get("Location"))
    assert places == ["/manage/", None]


def test_a_recovery_code_signs_in_once(maud, secret):
    codes = Authenticator.objects.get(
        user=maud, type=Authenticator.Type.RECOVERY_CODES
    ).wrap().get_unused_codes()  # fmt: skip
    for expected in (302, 422):
        browser = Client()
        browser.post("/accounts/login/", {"login": maud.email, "password": PASSWORD}, headers=HOST)
        data = {"code": codes[0]}
        answer = browser.post("/accounts/2fa/authenticate/", data, headers=HOST)
        assert answer.status_code == expected


def test_the_shared_secret_is_not_readable_in_the_database(maud, secret, settings):
    row = Authenticator.objects.get(user=maud, type=Authenticator.Type.TOTP)
    assert secret not in str(row.data)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, as after a rotation, of more than forty characters"
    assert row.wrap().validate_code(code_of(secret, time.time() + 30))
