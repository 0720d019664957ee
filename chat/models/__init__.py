from chat.models.chat import Chat
from chat.models.delivery import Delivery
from chat.models.known_word import KnownWord
from chat.models.lead import Lead, LeadEvent
from chat.models.message import Message
from chat.models.question import Question
from chat.models.rating import Rating
from chat.models.site_reading import SiteFact, SiteReading
from chat.models.stored_file import StoredFile
from chat.models.text import Text
from chat.models.transcript import TranscriptRequest
from chat.models.visitor import Visitor

__all__ = [
    "Chat",
    "Delivery",
    "KnownWord",
    "Lead",
    "LeadEvent",
    "Message",
    "Question",
    "Rating",
    "SiteFact",
    "SiteReading",
    "StoredFile",
    "Text",
    "TranscriptRequest",
    "Visitor",
]
