"""The words of transcript mails, in every voice a visitor can be spoken to.

Five voices, where the pages' catalogue has two languages: Dutch with je and with u, English, German and French. A test
holds that each says everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Voice:
    """One way to speak. Braces are filled in: {name} {company} {day} {start} {end} {who} {number}."""

    language: str
    # Django's format letters for a day of a chat, with and without its weekday.
    long_day: str
    short_day: str
    subject: str
    hello: str
    hello_name: str
    spoke: str
    wrote: str
    number: str
    page: str
    conversation: str
    time: str
    message: str
    visitor: str
    operator: str
    automatic: str
    joined: str
    helped: str
    yes: str
    no: str
    answer: str
    why: str
    privacy: str


_JE = Voice(
    language="nl",
    long_day="l j F",
    short_day="j F",
    subject="Je gesprek met {company} van {day}",
    hello="Hier is je gesprek",
    hello_name="Dag {name}, hier is je gesprek",
    spoke="Je sprak op {day} van {start} tot {end} met {who}. Je vroeg ons om dit afschrift.",
    wrote="Je schreef ons op {day} om {start}. Er is niet geantwoord. Je vroeg ons om dit afschrift.",
    number="Gesprek {number}",
    page="Pagina",
    conversation="Het gesprek",
    time="Tijd",
    message="Bericht",
    visitor="Jij",
    operator="{name} van {company}",
    automatic="{company}, automatisch",
    joined="{first} en {last}",
    helped="Ben je goed geholpen?",
    yes="Ja",
    no="Nee",
    answer="Nog een vraag? Beantwoord deze mail.",
    why="Je kreeg deze mail eenmalig, omdat er in het gesprek om is gevraagd. Was jij dat niet? "
    "Dan heeft iemand zich vertypt, en hoor je verder niets van ons.",
    privacy="Privacy",
)
_U = Voice(
    language="nl",
    long_day="l j F",
    short_day="j F",
    subject="Uw gesprek met {company} van {day}",
    hello="Hier is uw gesprek",
    hello_name="Dag {name}, hier is uw gesprek",
    spoke="U sprak op {day} van {start} tot {end} met {who}. U vroeg ons om dit afschrift.",
    wrote="U schreef ons op {day} om {start}. Er is niet geantwoord. U vroeg ons om dit afschrift.",
    number="Gesprek {number}",
    page="Pagina",
    conversation="Het gesprek",
    time="Tijd",
    message="Bericht",
    visitor="U",
    operator="{name} van {company}",
    automatic="{company}, automatisch",
    joined="{first} en {last}",
    helped="Bent u goed geholpen?",
    yes="Ja",
    no="Nee",
    answer="Nog een vraag? Beantwoord deze mail.",
    why="U kreeg deze mail eenmalig, omdat er in het gesprek om is gevraagd. Was u dat niet? "
    "Dan heeft iemand zich vertypt, en hoort u verder niets van ons.",
    privacy="Privacy",
)
_EN = Voice(
    language="en",
    long_day="l j F",
    short_day="j F",
    subject="Your chat with {company} of {day}",
    hello="Here is your chat",
    hello_name="Hello {name}, here is your chat",
    spoke="You talked to {who} on {day} from {start} to {end}. You asked us for this transcript.",
    wrote="You wrote to us on {day} at {start}. Nobody answered. You asked us for this transcript.",
    number="Chat {number}",
    page="Page",
    conversation="The chat",
    time="Time",
    message="Message",
    visitor="You",
    operator="{name} of {company}",
    automatic="{company}, automatic",
    joined="{first} and {last}",
    helped="Did we help you well?",
    yes="Yes",
    no="No",
    answer="Another question? Just answer this mail.",
    why="You got this mail once, because somebody asked for it in the chat. Wasn't it you? "
    "Then they mistyped their address, and you won't hear from us again.",
    privacy="Privacy",
)
_DE = Voice(
    language="de",
    long_day="l, j. F",
    short_day="j. F",
    subject="Ihr Gespräch mit {company} vom {day}",
    hello="Hier ist Ihr Gespräch",
    hello_name="Guten Tag {name}, hier ist Ihr Gespräch",
    spoke="Sie haben am {day} von {start} bis {end} Uhr mit {who} gesprochen und um diese Mitschrift gebeten.",
    wrote="Sie haben uns am {day} um {start} Uhr geschrieben und um diese Mitschrift gebeten. "
    "Es hat niemand geantwortet.",
    number="Gespräch {number}",
    page="Seite",
    conversation="Das Gespräch",
    time="Zeit",
    message="Nachricht",
    visitor="Sie",
    operator="{name} von {company}",
    automatic="{company}, automatisch",
    joined="{first} und {last}",
    helped="Haben wir Ihnen gut geholfen?",
    yes="Ja",
    no="Nein",
    answer="Noch eine Frage? Antworten Sie einfach auf diese Mail.",
    why="Sie erhalten diese Mail einmalig, weil im Gespräch darum gebeten wurde. Waren Sie das nicht? "
    "Dann hat sich jemand vertippt, und Sie hören nichts mehr von uns.",
    privacy="Datenschutz",
)
_FR = Voice(
    language="fr",
    long_day="l j F",
    short_day="j F",
    subject="Votre conversation avec {company} du {day}",
    hello="Voici votre conversation",
    hello_name="Bonjour {name}, voici votre conversation",
    spoke="Vous avez parlé avec {who} le {day}, de {start} à {end}. Vous nous avez demandé cette copie.",
    wrote="Vous nous avez écrit le {day} à {start}. Personne n’a répondu. Vous nous avez demandé cette copie.",
    number="Conversation {number}",
    page="Page",
    conversation="La conversation",
    time="Heure",
    message="Message",
    visitor="Vous",
    operator="{name} de {company}",
    automatic="{company}, message automatique",
    joined="{first} et {last}",
    helped="Avons-nous pu vous aider ?",
    yes="Oui",
    no="Non",
    answer="Une autre question ? Répondez simplement à ce mail.",
    why="Vous recevez ce mail une seule fois, car il a été demandé pendant la conversation. Ce n’était pas vous ? "
    "Quelqu’un s’est trompé d’adresse, et vous n’aurez plus de nos nouvelles.",
    privacy="Vie privée",
)


@dataclass(frozen=True, slots=True)
class CopyVoice:
    """Words of a company's own copy that differ."""

    subject: str
    hello: str
    spoke: str
    visitor: str
    address: str
    answered_by: str
    nobody: str
    outcome: str
    why: str
    outcomes: Mapping[str, str]


_COPY_NL = CopyVoice(
    subject="Gesprek {number} van {day}, {start}",
    hello="Gesprek {number}",
    spoke="Op {day}, van {start} tot {end}.",
    visitor="Bezoeker",
    address="Adres",
    answered_by="Beantwoord door",
    nobody="Niemand",
    outcome="Afloop",
    why="Je krijgt van elk gesprek een kopie op dit adres. De beheerder van {agency} kan dat uitzetten.",
    outcomes={
        "resolved": "Opgelost",
        "lead": "Lead",
        "follow_up": "Vervolg nodig",
        "no_answer_needed": "Geen antwoord nodig",
        "wrong_site": "Verkeerde site",
        "test": "Test",
        "spam": "Spam",
        "unset": "Niet ingevuld",
    },
)
_COPY_EN = CopyVoice(
    subject="Chat {number} of {day}, {start}",
    hello="Chat {number}",
    spoke="On {day}, from {start} to {end}.",
    visitor="Visitor",
    address="Address",
    answered_by="Answered by",
    nobody="Nobody",
    outcome="Outcome",
    why="You get a copy of every chat at this address. The manager at {agency} can switch that off.",
    outcomes={
        "resolved": "Resolved",
        "lead": "Lead",
        "follow_up": "Follow-up needed",
        "no_answer_needed": "No answer needed",
        "wrong_site": "Wrong site",
        "test": "Test",
        "spam": "Spam",
        "unset": "Not filled in",
    },
)
_VOICES: Mapping[str, Voice] = MappingProxyType({"nl": _JE, "en": _EN, "de": _DE, "fr": _FR})
ALL = (_JE, _U, _EN, _DE, _FR)


def voice(language: str, tone: str) -> Voice:
    """Return the voice for a chat's language, in the company's tone (je or u), English where we don't speak the
    language.
    """
    found = _VOICES.get(language[:2], _EN)
    return _U if found is _JE and tone == "u" else found


def copy_voice(language: str) -> CopyVoice:
    """The words of a company's copy."""
    return _COPY_NL if language[:2] == "nl" else _COPY_EN
