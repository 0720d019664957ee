"""The greeting and script a new company begins with, in each language and tone: good as they are, and easy to change."""

GREETINGS = {
    ("nl", "je"): "Hoi! Waarmee kan ik je helpen?",
    ("nl", "u"): "Goedendag, waarmee kan ik u helpen?",
    ("en", "je"): "Hi! What can I help you with?",
    ("en", "u"): "Good day, how may I help you?",
}
STEPS = {
    ("nl", "je"): (
        "Groet en noem de pagina waarop de bezoeker is",
        "Vraag met wie je spreekt",
        "Eén vraag tegelijk",
        "Toon begrip bij een klacht",
        "Geef één antwoord of advies, met de reden",
        "Vraag hoe ze ons vonden",
        "Kan ik nog iets voor je doen?",
        "Vraag of ze tevreden zijn",
    ),
    ("nl", "u"): (
        "Groet en noem de pagina waarop de bezoeker is",
        "Vraag met wie u spreekt",
        "Eén vraag tegelijk",
        "Toon begrip bij een klacht",
        "Geef één antwoord of advies, met de reden",
        "Vraag hoe u bij ons gekomen bent",
        "Kan ik nog iets voor u doen?",
        "Vraag of alles duidelijk is",
    ),
    ("en", "je"): (
        "Greet, and name the page the visitor is on",
        "Ask who you are talking to",
        "One question at a time",
        "Show that you understand a complaint",
        "Give one answer or advice, with the reason",
        "Ask how they found us",
        "Anything else I can do for you?",
        "Ask whether they are satisfied",
    ),
    ("en", "u"): (
        "Greet, and name the page the visitor is on",
        "Ask for the visitor's name",
        "One question at a time",
        "Show that you understand a complaint",
        "Give one answer or advice, with the reason",
        "Ask how the visitor found us",
        "Is there anything else I may do for you?",
        "Ask whether everything is clear",
    ),
}
SCRIPT_TITLES = {"nl": "Gesprek", "en": "Conversation"}


def greeting_for(language: str, tone: str) -> str:
    """The greeting to begin with."""
    return GREETINGS[language, tone]


def script_for(language: str, tone: str) -> str:
    """The steps to begin with, one a line."""
    return "\n".join(STEPS[language, tone])


def in_voice(typed: str, kind: str, language: str, tone: str) -> str:
    """A text as typed, unless it is untouched: then the one of the language and tone that were chosen.

    Args:
        kind: greeting or script.
    """
    make = greeting_for if kind == "greeting" else script_for
    untouched = {make(*voice) for voice in GREETINGS}
    return make(language, tone) if not typed or typed in untouched else typed
