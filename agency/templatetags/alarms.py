"""What must be seen on every page of a manager's."""

from django import template

from agency.services import mailroom

register = template.Library()


@register.simple_tag
def count_dead_mails() -> int:
    """How many dead mails nobody has looked at: one count over a small partial index."""
    return mailroom.count_dead()
