"""Words for what a look at a site's page for its code found."""

from django import template
from django.utils.translation import gettext_lazy as _

from agency.domain.sites.install import ABSENT, FOUND, HIDDEN, OTHER
from agency.models import InstallCheck
from agency.services.outgoing.fetch import WORDS

register = template.Library()

STATES = {
    FOUND: _("The code is on the page."),
    OTHER: _("The page has the code of another site. Paste the one that stands here."),
    HIDDEN: _(
        "The code isn't in the page itself, but a tag manager may add it: open the page once in a browser, and it "
        "shows here that it was seen."
    ),
    ABSENT: _("The code isn't on the page. Paste it into every page, just before </body>."),
}
_REDIRECTS = _("The address leads on and on to others.")
_STATUS = _("The site answers with error %(status)s, so the page couldn't be read.")


@register.filter
def install_words(check: InstallCheck) -> str:
    """Say what a look found, and what to do."""
    if check.state in STATES:
        return str(STATES[check.state])
    if check.reason == "redirects":
        return str(_REDIRECTS)
    if check.reason in WORDS:
        return str(WORDS[check.reason])
    return _STATUS % {"status": check.reason}
