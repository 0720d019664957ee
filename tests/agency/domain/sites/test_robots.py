"""A site's robots.txt by RFC 9309."""

import time

import pytest

from agency.domain.sites.robots import RobotRule, may_read, read_robots


@pytest.mark.parametrize(
    ("text", "path", "answer"),
    [
        ("", "/contact", True),
        ("User-agent: *\nDisallow: /", "/contact", False),
        ("User-agent: *\nDisallow:", "/contact", True),
        ("User-agent: Other\nDisallow: /", "/contact", True),
        ("User-agent: balie\nDisallow: /contact\n\nUser-agent: *\nDisallow: /", "/faq", True),
        ("User-agent: balie\nUser-agent: other\nDisallow: /contact", "/contact.html", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/contact", "/a/contact", True),
        ("User-agent: *\nAllow: /\nDisallow: /a", "/a/contact", False),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*?sort=", "/shoes?sort=up", False),
        ("User-agent: *\nDisallow: /*.php$", "/contact.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/contact.php5", True),
        ("User-agent: *\nDisallow: /a # all of it", "/a", False),
        ("<html>not found</html>\nDisallow: /", "/contact", True),
    ],
)
def test_the_longest_rule_that_fits_decides(text: str, path: str, answer: bool) -> None:
    assert may_read(read_robots(text, "Balie"), path) is answer


def test_rules_of_many_stars_cost_no_time() -> None:
    rules = [RobotRule(False, "/" + "*a" * 240 + "$")] * 1_000
    began = time.process_time()
    assert may_read(rules, "/" + "a" * 200 + "b")
    assert time.process_time() - began < 2
