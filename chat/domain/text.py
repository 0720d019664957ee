"""How long a message may be. What every text passes is in `agency/domain/text.py`."""

# 4,000 characters is four printed pages: more than anybody types, less than a frame (64 KB) can
# hold even when every character takes four bytes and is escaped.
TEXT_LIMIT = 4000
