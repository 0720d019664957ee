"""How long what visitors and operators write may be. What every text passes is in `agency/domain/text.py`."""

# 4,000 characters is four printed pages: more than anybody types, less than a frame (64 KB) can
# hold even when every character takes four bytes and is escaped.
TEXT_LIMIT = 4_000
# Characters of a visitor's words about a chat.
RATING_LIMIT = 1_000
