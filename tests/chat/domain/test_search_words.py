"""The words of a text as PostgreSQL keeps them, up to the most that it can keep."""

from chat.domain import search
from chat.domain.search import vector_of


def test_words_stand_with_their_places() -> None:
    assert vector_of("Mijn maat is mijn") == "'mijn':1,4 'maat':2 'is':3"
    assert vector_of("") == ""


def kept_of(words: list[str]) -> int:
    """Return how many of these words a text keeps, the first ones."""
    kept = [one.partition(":")[0] for one in vector_of(" ".join(words)).split()]
    assert kept == [f"'{word}'" for word in words[: len(kept)]]
    return len(kept)


def test_of_a_text_beyond_the_most_the_first_words_are_kept() -> None:
    assert kept_of([f"w{n:05}" for n in range(50_000)]) == search._MOST_WORDS
    long = [f"{'w' * 35}{n:05}" for n in range(30_000)]
    assert kept_of(long) == search._VECTOR_LIMIT // (search._WORD_COST + 40)
