"""Addresses of sites as browsers name them."""

import pytest
from django.core.exceptions import ValidationError

from tenants.models import check_origin
from tenants.origins import BadOrigin, parse_origin


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.nl", "https://www.example.nl"),
        (" HTTPS://WWW.Example.NL/ ", "https://www.example.nl"),
        ("www.example.nl", "https://www.example.nl"),
        ("https://example.nl:443", "https://example.nl"),
        ("http://example.nl:80/", "http://example.nl"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("localhost:8001", "https://localhost:8001"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_becomes_what_a_browser_sends(typed, origin):
    assert parse_origin(typed) == origin
    try:
        check_origin(origin)
    except ValidationError as problem:
        raise AssertionError(f"the database refuses {origin}") from problem


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("https://a.nl/path", "path"),
        ("https://a.nl?x=1", "path"),
        ("https://a.nl#x", "path"),
        ("https://user@a.nl", "path"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/html,x", "scheme"),
        ("ftp://a.nl", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("https://", "host"),
        ("https://example", "host"),
        ("https://*.a.nl", "host"),
        ("https://-a.nl", "host"),
        ("https://a..nl", "host"),
        ("https://a_b.nl", "host"),
        ("https://a.nl:port", "host"),
        ("https://a.nl:99999", "host"),
        ("https://[::1", "host"),
        ("https://" + "a" * 64 + ".nl", "host"),
        ("https://" + "a.b" * 80 + ".nl", "too_long"),
    ],
)
def test_anything_else_is_refused_with_its_reason(typed, code):
    with pytest.raises(BadOrigin) as problem:
        parse_origin(typed)
    assert problem.value.code == code
