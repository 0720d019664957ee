"""Names and other labels of one line: people, companies, sites, titles. Longer texts pass `agency/domain/text.py`.

What can't be seen is told by Unicode categories, and by what a reader takes for one character (a grapheme cluster): the
joiner inside a family emoji or a Persian word belongs to its letter and stays; alone, or as a mark that turns the
reading direction round, it only hides something.
"""

import unicodedata

import regex

# Control, format, half a pair, private use, line and paragraph ends, and whatever fonts are told to leave out.
_UNSEEN = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+")
_CHARACTER = regex.compile(r"\X")
_SPACED = frozenset({"Cc", "Zl", "Zp"})


def has_unseen(line: str) -> bool:
    """Whether a line holds something that can't be seen, such as a control character or a change of direction."""
    if line.isascii():
        return not line.isprintable()
    return any(map(_UNSEEN.fullmatch, _CHARACTER.findall(line)))


def trim(typed: str) -> str:
    """Return what was typed without white space and unseen characters at its ends, in Unicode's composed form (NFC)."""
    if typed.isascii() and typed.isprintable():
        return typed.strip()
    kept = _CHARACTER.findall(unicodedata.normalize("NFC", typed))
    while kept and _is_empty(kept[-1]):
        kept.pop()
    start = next((at for at, character in enumerate(kept) if not _is_empty(character)), 0)
    return "".join(kept[start:])


def clean_name(typed: str, limit: int) -> str:
    """Return one visible line of what somebody typed: unseen characters are left out, white space becomes one space.

    Args:
        limit: the most code points; it is cut between characters as a reader counts them.
    """
    line = typed
    if not (line.isascii() and line.isprintable()):
        characters = _CHARACTER.findall(unicodedata.normalize("NFC", line))
        line = "".join(map(_visible, characters))
    line = " ".join(line.split())
    return trim(cut(line, limit))


def cut(line: str, limit: int) -> str:
    """Return at most `limit` code points from the beginning, never half of what a reader takes for one character."""
    if len(line) <= limit:
        return line
    end = 0
    for character in _CHARACTER.finditer(line[: limit + 1]):
        if character.end() > limit:
            end = character.start()
            break
    # One character of more than `limit` code points is nothing that a person wrote.
    return (line[:end] if end else line[:limit]).rstrip()


def _visible(character: str) -> str:
    if not _UNSEEN.fullmatch(character):
        return character
    categories = {unicodedata.category(part) for part in character}
    if "Cs" in categories:
        return "\N{REPLACEMENT CHARACTER}"
    return " " if categories & _SPACED else ""


def _is_empty(character: str) -> bool:
    return character.isspace() or bool(_UNSEEN.fullmatch(character))
