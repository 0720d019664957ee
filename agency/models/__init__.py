from agency.models.alarms import AlarmCount
from agency.models.audit import LogEntry
from agency.models.certification import Certification, InstructionVersion
from agency.models.delivery import AgencyDelivery
from agency.models.facts.availability import AvailabilityWatch, SiteAvailability
from agency.models.facts.counters import SiteCounter
from agency.models.facts.holdings import Holding
from agency.models.facts.presence import PresenceInterval
from agency.models.hours import DatedHours, OpeningHours, PoolRule, Promise
from agency.models.limit import Block
from agency.models.onboarding import OnboardingStep
from agency.models.outbox import Heartbeat, OutboxRow
from agency.models.people import Operator, PortalMember, User
from agency.models.pool import Assignment, PoolEntry, Reservation, Seat
from agency.models.records import ChatRecord, RecordEvent
from agency.models.saved_filter import SavedFilter
from agency.models.shifts import Shift
from agency.models.sightings import InstallCheck, SiteSighting
from agency.models.site_secret import SiteSecret
from agency.models.texts import TextMoment

__all__ = [
    "AgencyDelivery",
    "AlarmCount",
    "Assignment",
    "AvailabilityWatch",
    "Block",
    "Certification",
    "ChatRecord",
    "DatedHours",
    "Heartbeat",
    "Holding",
    "InstallCheck",
    "InstructionVersion",
    "LogEntry",
    "OnboardingStep",
    "OpeningHours",
    "Operator",
    "OutboxRow",
    "PoolEntry",
    "PoolRule",
    "PortalMember",
    "PresenceInterval",
    "Promise",
    "RecordEvent",
    "Reservation",
    "SavedFilter",
    "Seat",
    "Shift",
    "SiteAvailability",
    "SiteCounter",
    "SiteSecret",
    "SiteSighting",
    "TextMoment",
    "User",
]
