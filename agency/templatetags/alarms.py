"""Alarms that must be seen on every page of a manager's."""

from django import template

from agency.services import alarms
from agency.services.alarms import Alarm
from tenants import clock

register = template.Library()
# More than two at once are read by nobody; the others stand behind a line that counts them.
SHOWN = 2


@register.simple_tag
def list_alarms() -> tuple[list[Alarm], list[Alarm]]:
    """The two most urgent alarms, and the others."""
    found = alarms.list_alarms(clock.now())
    return found[:SHOWN], found[SHOWN:]
