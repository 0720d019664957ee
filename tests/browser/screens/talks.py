"""What is said in the pictures, in either language. All of it is our own."""

from dataclasses import dataclass

Fields = dict[str, str]


@dataclass(frozen=True)
class Talk:
    """Words of a visitor and an operator, and labels to find things by.

    `texts`: what the company lacks in this language.
    """

    launch: str
    leave: str
    ask: str
    box: str
    question: str
    first: tuple[str, str, str]
    second: str
    reply: str
    third: str
    offer: str
    draft: str
    bell: str
    heard: str
    helped: str
    texts: tuple[tuple[str, Fields], ...] = ()


_SCRIPT = "\n".join(
    (
        "Greet, and name the page",
        "Ask who you are talking to",
        "One question at a time: use, pain, width, budget",
        "Show that you understand a complaint",
        "Give one piece of advice, and the reason",
        "Name the right to swap and the delivery time",
        "Ask how they found us",
        "Is there anything else I can do for you?",
    )
)
TALKS = {
    "nl": Talk(
        launch="Vraag het ons",
        leave="Stel je vraag",
        ask="Je vraag",
        box="Je bericht",
        question="Kan ik de Veluwe 4 ook in de winkel passen?",
        first=(
            "Hoi, valt de Veluwe 4 klein? Ik heb meestal 39.",
            "Hoi, ik ben Alice. De Veluwe valt iets smal: neem een halve maat groter, dus 39,5.",
            "Fijn. En als hij toch knelt?",
        ),
        second="Mijn termijnbedrag klopt niet",
        reply="Goedendag, ik ben Alice. Ik kijk het voor u na.",
        third="Wat kost overstappen?",
        offer="Nieuw aanbod",
        draft="/maat",
        bell="Proefbel",
        heard="Ik hoor het",
        helped="Ben je goed geholpen?",
    ),
    "en": Talk(
        launch="Ask us",
        leave="Ask your question",
        ask="Your question",
        box="Your message",
        question="Can I try the Veluwe 4 on in the shop, too?",
        first=(
            "Hi, does the Veluwe 4 run small? I usually take a 39.",
            "Hi, I'm Alice. It is a little narrow: take half a size up, so 39.5.",
            "Great. And if it still pinches?",
        ),
        second="My monthly amount is wrong",
        reply="Hello, I'm Alice. I am looking it up for you.",
        third="What does it cost to switch?",
        offer="New offer",
        draft="/size",
        bell="Test bell",
        heard="I hear it",
        helped="Did we help you well?",
        texts=(
            ("script", {"title": "Advice on buying", "steps": _SCRIPT}),
            (
                "greeting",
                {"title": "shoes", "body": "Hi! Can I help you find your shoes?", "patterns": "*", "starts": ""},
            ),
            (
                "canned",
                {
                    "shortcut": "size",
                    "title": "Choose a size",
                    "body": "Take half a size to a whole size up for running shoes. Which size do you wear, {name}?",
                    "why": "Name the right to swap if somebody is between two sizes.",
                },
            ),
            (
                "canned",
                {
                    "shortcut": "size-swap",
                    "title": "Swap a wrong size for free",
                    "body": "Doesn't it fit? Swapping is free until 30 days after delivery. The label is in the box.",
                },
            ),
            (
                "canned",
                {
                    "shortcut": "delivery",
                    "title": "Delivery",
                    "body": "Ordered before 22:00, with you tomorrow, on Saturdays too.",
                },
            ),
        ),
    ),
}
