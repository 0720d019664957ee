"""The list of pictures in docs/screens: each is made in every language at these widths."""

from balie.run.balie_home import ROOT

FOLDER = ROOT / "docs" / "screens"
LANGUAGES = ("nl", "en")
HEIGHTS = {1280: 720, 390: 844}
LARGEST, LARGEST_TOGETHER = 60_000, 1_500_000
PICTURES: dict[str, tuple[int, ...]] = {
    # Companies and their visitors.
    "question": (390,),
    "widget": (1280, 390),
    "rating": (390,),
    "portal": (1280,),
    "transcript": (1280,),
    "charges": (1280,),
    # Operators.
    "bell": (1280,),
    "offer": (1280,),
    "console": (1280, 390),
    "canned": (1280,),
    "transfer": (1280,),
    "lost": (1280,),
    "wrap-up": (1280,),
    # Managers.
    "companies": (1280,),
    "person": (1280,),
    "certified": (1280,),
    "texts": (1280,),
    "hours": (1280,),
    "shifts": (1280,),
    "pool": (1280,),
    "report": (1280,),
    "changes": (1280,),
}


def name_of(picture: str, language: str, width: int) -> str:
    """Return the name of its file."""
    assert width in PICTURES[picture], f"{picture} is not listed at {width}"
    return f"{picture}-{language}-{width}.png"


NAMES = frozenset(
    name_of(picture, language, width)
    for picture, widths in PICTURES.items()
    for width in widths
    for language in LANGUAGES
)
