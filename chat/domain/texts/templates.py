"""The words a new company starts with, until it writes its own: greetings, script, canned replies, instruction.

Dutch exists in two voices, `je` and `u`; English in one. Where the two Dutch forms differ, both
stand between braces with a bar: ``{je|u}``. The variables of canned replies ({naam}, {name}) have no bar and stay.
"""

import re
from typing import Any, Final

_VOICE = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")

_NAME = "%(company)s"

_NL_STEPS: Final = (
    ("greet", "Groet en noem de pagina"),
    ("who", "Vraag met wie je spreekt"),
    ("one", "Stel één vraag tegelijk"),
    ("empathy", "Toon begrip bij een klacht"),
    ("answer", "Geef één antwoord of advies, met de reden"),
    ("contact", "Vraag mail of telefoon als er iets moet volgen"),
    ("source", "Vraag hoe ze ons vonden"),
    ("else", "Kan ik nog iets voor {je|u} doen?"),
    ("satisfied", "Vraag of alles duidelijk is"),
)
_EN_STEPS: Final = (
    ("greet", "Greet, and name the page"),
    ("who", "Ask who you are talking to"),
    ("one", "Ask one question at a time"),
    ("empathy", "Show understanding of a complaint"),
    ("answer", "Give one answer or advice, with the reason"),
    ("contact", "Ask for mail or phone if something must follow"),
    ("source", "Ask how they found us"),
    ("else", "Is there anything else I can do?"),
    ("satisfied", "Ask whether all is clear"),
)

_NL: Final[tuple[dict[str, Any], ...]] = (
    {
        "kind": "greeting",
        "key": "algemeen",
        "title": "Alle pagina's",
        "body": "{Hoi! Waarmee kan ik je helpen?|Goedendag, waarmee kan ik u helpen?}",
        "data": {"patterns": ["*"], "starts": ["Ik heb een vraag", "Ik zoek iets"]},
    },
    {
        "kind": "greeting",
        "key": "bestellen",
        "title": "Winkelwagen en bestellen",
        "body": "{Hoi! Lukt het met je bestelling?|Goedendag, lukt het met uw bestelling?}",
        "data": {
            "patterns": ["*/winkelwagen*", "*/winkelmand*", "*/afrekenen*", "*/bestellen*"],
            "starts": ["Wanneer heb ik het in huis?", "Hoe kan ik betalen?"],
        },
    },
    {
        "kind": "greeting",
        "key": "contact",
        "title": "Contact en service",
        "body": "{Hoi! Vertel, dan kijk ik met je mee.|Goedendag, vertelt u het maar, dan kijk ik met u mee.}",
        "data": {
            "patterns": ["*/contact*", "*/klantenservice*", "*/service*"],
            "starts": ["Ik heb een klacht", "Ik wil iets doorgeven"],
        },
    },
    {"kind": "script", "key": "gesprek", "title": "Vraag van een bezoeker", "steps": _NL_STEPS},
    {
        "kind": "canned",
        "key": "naam",
        "title": "Vragen met wie ik spreek",
        "body": "Natuurlijk, daar help ik {je|u} graag mee. Met wie spreek ik?",
    },
    {
        "kind": "canned",
        "key": "uitzoeken",
        "title": "Even uitzoeken",
        "body": "Goede vraag, {naam}. Ik zoek het voor {je|u} uit en kom er binnen 2 minuten op terug.",
        "data": {"why": "Noem altijd een tijd en houd je eraan."},
    },
    {
        "kind": "canned",
        "key": "excuus",
        "title": "Begrip bij een klacht",
        "body": "Dat is vervelend, {naam}. Ik kijk meteen wat ik voor {je|u} kan doen. Wat is er precies gebeurd?",
    },
    {
        "kind": "canned",
        "key": "terugmelden",
        "title": "Antwoord volgt per mail of telefoon",
        "body": "Dit weet {bedrijf} zelf het best. Op welk mailadres of nummer {ben je|bent u} bereikbaar? "
        "Dan {hoor je|hoort u} van een collega.",
        "data": {"why": "Beloof geen dag of uur als dat niet in de instructie staat."},
    },
    {
        "kind": "canned",
        "key": "afsluiten",
        "title": "Afsluiten",
        "body": "Graag gedaan, {naam}. Kan ik verder nog iets voor {je|u} doen?",
    },
    {
        "kind": "instruction",
        "key": "instructie",
        "title": "Zo werken we voor %(company)s",
        "body": "We antwoorden namens %(company)s en zeggen {je en jij|u}.\n\n"
        "Wat de bezoeker wil weten gaat voor: vraag door, geef één antwoord en zeg waarom.\n\n"
        "Weet je het niet, zeg dat, vraag mail of telefoon en geef het door aan %(company)s.\n\n"
        "Nooit: prijzen of levertijden noemen die hier niet staan, korting beloven, gegevens van anderen geven.",
    },
)

_EN: Final[tuple[dict[str, Any], ...]] = (
    {
        "kind": "greeting",
        "key": "general",
        "title": "All pages",
        "body": "Hello! How can I help you?",
        "data": {"patterns": ["*"], "starts": ["I have a question", "I am looking for something"]},
    },
    {
        "kind": "greeting",
        "key": "order",
        "title": "Basket and checkout",
        "body": "Hello! Is your order going well?",
        "data": {
            "patterns": ["*/cart*", "*/basket*", "*/checkout*"],
            "starts": ["When will it arrive?", "How can I pay?"],
        },
    },
    {
        "kind": "greeting",
        "key": "contact",
        "title": "Contact and support",
        "body": "Hello! Tell me what it is about, and I'll look into it with you.",
        "data": {
            "patterns": ["*/contact*", "*/support*", "*/help*"],
            "starts": ["I have a complaint", "I want to report something"],
        },
    },
    {"kind": "script", "key": "chat", "title": "A visitor's question", "steps": _EN_STEPS},
    {
        "kind": "canned",
        "key": "name",
        "title": "Ask who I am talking to",
        "body": "Of course, I'm glad to help with that. Who am I talking to?",
    },
    {
        "kind": "canned",
        "key": "lookup",
        "title": "Looking into it",
        "body": "Good question, {name}. I'll look into it and be back within 2 minutes.",
        "data": {"why": "Always name a time, and keep to it."},
    },
    {
        "kind": "canned",
        "key": "sorry",
        "title": "Understanding of a complaint",
        "body": "That is annoying, {name}. I'll see at once what I can do. What happened exactly?",
    },
    {
        "kind": "canned",
        "key": "callback",
        "title": "An answer follows by mail or phone",
        "body": "{company} knows this best. At which mail address or number can a colleague reach you?",
        "data": {"why": "Promise no day or hour that isn't in the instruction."},
    },
    {
        "kind": "canned",
        "key": "close",
        "title": "Closing",
        "body": "You're welcome, {name}. Is there anything else I can do for you?",
    },
    {
        "kind": "instruction",
        "key": "instruction",
        "title": "How we work for %(company)s",
        "body": "We answer in the name of %(company)s.\n\n"
        "What the visitor wants to know comes first: ask on, give one answer and say why.\n\n"
        "If you don't know, say so, ask for mail or phone and pass it on to %(company)s.\n\n"
        "Never: name prices or delivery times that aren't written here, promise a discount, give out others' data.",
    },
)


def starter_texts(language: str, tone: str, company_name: str) -> list[dict[str, Any]]:
    """Return the texts of a new company, each as the keywords that `publish_text` takes beside language and time.

    Args:
        language: "nl" has Dutch words; any other language gets the English ones.
        tone: "je" or "u"; English has one voice.
        company_name: as operators read it in the instruction.
    """
    found = []
    for words in _NL if language == "nl" else _EN:
        data = words.get("data", {})
        if "steps" in words:
            steps = [{"key": key, "text": voiced(step, tone)} for key, step in words["steps"]]
            data = {"steps": steps}
        found.append(
            {
                "kind": words["kind"],
                "key": words["key"],
                "title": words["title"].replace("%(company)s", company_name)[:100],
                "body": voiced(words.get("body", ""), tone).replace("%(company)s", company_name),
                "data": {name: list(held) if isinstance(held, list) else held for name, held in data.items()},
            }
        )
    return found


def voiced(text: str, tone: str) -> str:
    """Return words with the form of one tone where both stand."""
    return _VOICE.sub(lambda both: both[2] if tone == "u" else both[1], text)


def is_starter(text: dict[str, Any]) -> bool:
    """Return whether words are those of a new company, in whichever language, tone and name it began."""
    return any(
        text["kind"] == one["kind"]
        and text["key"] == one["key"]
        and text["data"] == one["data"]
        and all(_fits(one[part], text[part]) for part in ("title", "body"))
        for language in ("nl", "en")
        for tone in ("je", "u")
        for one in starter_texts(language, tone, _NAME)
    )


def _fits(template: str, words: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, template.split(_NAME))), words) is not None
