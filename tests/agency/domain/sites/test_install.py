"""Whether a page carries a site's code."""

import pytest

from agency.domain.sites.install import ABSENT, FOUND, HIDDEN, MISSES, OTHER, read_page

KEY, OTHERS = "ac" * 16, "2e" * 16


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (f'<script src="https://balie.example/widget/{KEY}.js" async></script></body>', FOUND),
        (f"<script async src=//balie.example/widget/{KEY}.js></script>", FOUND),
        (f'<script src="/widget/{OTHERS}.js"></script><script src="/widget/{KEY}.js"></script>', FOUND),
        (f'<script src="https://balie.example/widget/{OTHERS}.js"></script>', OTHER),
        ('<script src="https://www.googletagmanager.com/gtm.js?id=GTM-ABC123"></script>', HIDDEN),
        ("<script>(function(w,d,s,l,i){})(window,document,'script','dataLayer','GTM-ABC123')</script>", HIDDEN),
        (f"<script src=/widget/{OTHERS}.js></script> GTM-ABC123", OTHER),
        ("<html><body>Welkom</body></html>", ABSENT),
        (f"widget {KEY}", ABSENT),
        (f"/widget/{KEY}.json", ABSENT),
        (f"/widget/{KEY.upper()}.js", ABSENT),
        ("", ABSENT),
    ],
)
def test_a_page_has_the_code_or_says_why_not(page: str, state: str) -> None:
    assert read_page(page.encode(), KEY) == state


def test_only_a_page_that_was_read_and_lacks_it_counts_against_a_site() -> None:
    assert {OTHER, ABSENT} == MISSES
