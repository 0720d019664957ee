"""The pictures of the guides, docs/screens, made anew by `make prove`: no test draws them twice."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import BROWSER, FLAGS, PATIENCE_MS
from tests.browser.screens import walks
from tests.browser.screens.pictures import LANGUAGES, NAMES
from tests.browser.screens.stage import Stage

# With the start of the demo, in the first one.
pytestmark = [pytest.mark.browser, pytest.mark.launcher, pytest.mark.prove, pytest.mark.timeout(600)]


# A browser of its own for each language: its own controls, such as fields of a day, speak that of its start.
@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures(chromium: Browser, port: int, language: str) -> None:
    taken: set[str] = set()
    browser = chromium.browser_type.launch(executable_path=BROWSER, args=[*FLAGS, f"--lang={language}"])
    try:
        expect.set_options(timeout=PATIENCE_MS)
        stage = Stage(browser, port, language, browser.new_page(), taken)
        with stage.window() as office:
            maud = stage.sign_in(office, "maud@balie.test")
            walks.prepare(stage, maud)
            walks.leave_a_question(stage)
            walks.work(stage, maud)
            walks.read_the_portal(stage)
            walks.manage(stage, maud)
    finally:
        browser.close()
    assert taken == {name for name in NAMES if f"-{language}-" in name}
