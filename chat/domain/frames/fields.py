"""What every inbound frame is made of."""

from typing import Annotated

from msgspec import Meta, Struct

# As long as the columns they go to.
URL_LIMIT, TITLE_LIMIT, NAME_LIMIT, PHONE_LIMIT = 2_000, 300, 100, 40

Url = Annotated[str, Meta(max_length=URL_LIMIT)]
Title = Annotated[str, Meta(max_length=TITLE_LIMIT)]
Verdict = Annotated[str, Meta(max_length=1_000)]
Address = Annotated[str, Meta(max_length=254)]
Seq = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Fence = Annotated[int, Meta(ge=0, le=2_147_483_647)]


class Frame(Struct, tag_field="type", forbid_unknown_fields=True, gc=False):
    """What every frame is: an object whose `type` names it; an unknown field is refused."""
