"""Letters beyond a-z as the two or three letters that their readers write instead."""

from types import MappingProxyType

# Those that Unicode doesn't take apart into a plain letter and a mark (é is e and an accent; ß is one letter).
_LATIN = MappingProxyType(
    str.maketrans(
        {
            "ß": "ss",
            "ẞ": "SS",
            "æ": "ae",
            "Æ": "AE",
            "œ": "oe",
            "Œ": "OE",
            "ø": "o",
            "Ø": "O",
            "ł": "l",
            "Ł": "L",
            "đ": "d",
            "Đ": "D",
            "ð": "d",
            "Ð": "D",
            "þ": "th",
            "Þ": "TH",
            "ħ": "h",
            "Ħ": "H",
            "ı": "i",
        }
    )
)


def to_latin(name: str) -> str:
    """Write out the letters of a name that would be lost in ASCII: `Fußball` becomes `Fussball`.

    Letters with marks are left: whoever makes ASCII of them takes the marks off.
    """
    return name.translate(_LATIN)
