"""The words of the robot of a test chat, in a site's language and tone."""

from collections.abc import Mapping
from dataclasses import dataclass

NAME = "Robot"
# Of one test chat, the robot's own included.
MESSAGES = 80
# Of what a visitor wrote so much comes back: a text may be 4,000 characters long.
ECHOED = 300

# Je and u, du and Sie, tu and vous.
_Pair = tuple[str, str]
_WORDS: Mapping[str, Mapping[str, _Pair]] = {
    "nl": {
        "again": ("De verbinding was weg, dus deze proef begint opnieuw.",) * 2,
        "hello": (
            (
                "Hoi, ik ben de robot van {company}. Dit is een proefchat: niemand leest mee, en er wordt niets "
                "bewaard of berekend."
            ),
            (
                "Goedendag, ik ben de robot van {company}. Dit is een proefchat: niemand leest mee, en er wordt niets "
                "bewaard of berekend."
            ),
        ),
        "step": (
            "Straks helpt hier een medewerker, met jullie script. De eerste stap daarvan is: “{step}”.",
            "Straks helpt hier een medewerker, met uw script. De eerste stap daarvan is: “{step}”.",
        ),
        "no_step": ("Straks helpt hier een medewerker. Er is nog geen script met stappen voor hen.",) * 2,
        "echo": (
            "Je schreef: “{text}”. Zo komt een antwoord bij je bezoekers aan. Dit is een proef.",
            "U schreef: “{text}”. Zo komt een antwoord bij uw bezoekers aan. Dit is een proef.",
        ),
        "question": (
            "In een proef gaat een vraag nergens heen. Straks krijgen jullie haar als lead.",
            "In een proef gaat een vraag nergens heen. Straks krijgt u haar als lead.",
        ),
        "over": (
            "Een proef duurt hoogstens tien minuten en {messages} berichten. Je kunt een nieuwe beginnen.",
            "Een proef duurt hoogstens tien minuten en {messages} berichten. U kunt een nieuwe beginnen.",
        ),
    },
    "en": {
        "again": ("The connection was lost, so this test begins anew.",) * 2,
        "hello": (
            "Hi, I'm the robot of {company}. This is a test chat: nobody reads along, and nothing is kept or charged.",
            (
                "Hello, I am the robot of {company}. This is a test chat: nobody reads along, and nothing is kept or "
                "charged."
            ),
        ),
        "step": ("Later a person helps here, with your script. Its first step is: “{step}”.",) * 2,
        "no_step": ("Later a person helps here. There is no script with steps for them yet.",) * 2,
        "echo": ("You wrote: “{text}”. This is how an answer reaches your visitors. This is a test.",) * 2,
        "question": ("In a test a question goes nowhere. Later you get it as a lead.",) * 2,
        "over": ("A test lasts ten minutes and {messages} messages at the most. You can begin a new one.",) * 2,
    },
    "de": {
        "again": ("Die Verbindung war weg, daher beginnt dieser Test von vorn.",) * 2,
        "hello": (
            (
                "Hallo, ich bin der Roboter von {company}. Das ist ein Testchat: Niemand liest mit, und nichts "
                "wird gespeichert oder berechnet."
            ),
            (
                "Guten Tag, ich bin der Roboter von {company}. Das ist ein Testchat: Niemand liest mit, und nichts "
                "wird gespeichert oder berechnet."
            ),
        ),
        "step": (
            "Später hilft hier ein Mensch, mit eurem Skript. Der erste Schritt darin ist: „{step}“.",
            "Später hilft hier ein Mensch, mit Ihrem Skript. Der erste Schritt darin ist: „{step}“.",
        ),
        "no_step": ("Später hilft hier ein Mensch. Es gibt noch kein Skript mit Schritten.",) * 2,
        "echo": (
            "Du hast geschrieben: „{text}“. So kommt eine Antwort bei deinen Besuchern an. Das ist ein Test.",
            "Sie haben geschrieben: „{text}“. So kommt eine Antwort bei Ihren Besuchern an. Das ist ein Test.",
        ),
        "question": (
            "In einem Test geht eine Frage nirgendwohin. Später bekommt ihr sie als Lead.",
            "In einem Test geht eine Frage nirgendwohin. Später bekommen Sie sie als Lead.",
        ),
        "over": (
            "Ein Test dauert höchstens zehn Minuten und {messages} Nachrichten. Du kannst einen neuen beginnen.",
            "Ein Test dauert höchstens zehn Minuten und {messages} Nachrichten. Sie können einen neuen beginnen.",
        ),
    },
    "fr": {
        "again": ("La connexion était perdue, cet essai recommence donc.",) * 2,
        "hello": (
            "Salut, je suis le robot de {company}. Ceci est un essai : personne ne lit, rien n’est gardé ni facturé.",
            "Bonjour, je suis le robot de {company}. Ceci est un essai : personne ne lit, rien n’est gardé ni facturé.",
        ),
        "step": (
            "Plus tard, une personne aidera ici avec ton script. Sa première étape est : « {step} ».",
            "Plus tard, une personne aidera ici avec votre script. Sa première étape est : « {step} ».",
        ),
        "no_step": ("Plus tard, une personne aidera ici. Il n’y a pas encore de script avec des étapes.",) * 2,
        "echo": (
            "Tu as écrit : « {text} ». C’est ainsi qu’une réponse arrive chez tes visiteurs. Ceci est un essai.",
            "Vous avez écrit : « {text} ». C’est ainsi qu’une réponse arrive chez vos visiteurs. Ceci est un essai.",
        ),
        "question": (
            "Pendant un essai, une question ne va nulle part. Plus tard, tu la recevras comme lead.",
            "Pendant un essai, une question ne va nulle part. Plus tard, vous la recevrez comme lead.",
        ),
        "over": (
            "Un essai dure au plus dix minutes et {messages} messages. Tu peux en commencer un autre.",
            "Un essai dure au plus dix minutes et {messages} messages. Vous pouvez en commencer un autre.",
        ),
    },
}


@dataclass(frozen=True, slots=True)
class TrialRobot:
    """The robot of one company's site. `step`: the first of its script, "" without one."""

    company: str
    language: str
    tone: str
    step: str = ""

    def greet(self, *, again: bool) -> list[str]:
        """Answer the first text of a chat.

        Args:
            again: the chat of before was lost with its line.
        """
        step = self._say("step", step=self.step) if self.step else self._say("no_step")
        first = [self._say("again")] if again else []
        return [*first, self._say("hello", company=self.company), step]

    def echo(self, text: str) -> str:
        """Answer a later text."""
        return self._say("echo", text=text if len(text) <= ECHOED else f"{text[:ECHOED]}…")

    def take_question(self) -> str:
        """Say what becomes of a question that was left."""
        return self._say("question")

    def end(self) -> str:
        """Say that the test is over."""
        return self._say("over", messages=str(MESSAGES))

    def _say(self, what: str, **facts: str) -> str:
        words = _WORDS.get(self.language, _WORDS["en"])[what][self.tone == "u"]
        # By hand: a company's own words may hold braces.
        for name, value in facts.items():
            words = words.replace(f"{{{name}}}", value, 1)
        return words
