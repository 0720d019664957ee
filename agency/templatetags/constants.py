"""The constants that words name: `{% constant "offer" as n %}`, and `say` for words of the domain that name some."""

from django import template

from agency.services.constants import CONSTANTS, say

register = template.Library()

register.filter(say)


@register.simple_tag
def constant(name: str) -> int | str:
    """Return a constant, by the name it has in `agency.services.constants`."""
    return CONSTANTS[name]()
