"""What every inbound frame is made of."""

from typing import Annotated

from msgspec import Meta, Struct

Url = Annotated[str, Meta(max_length=2_000)]
Title = Annotated[str, Meta(max_length=300)]
Verdict = Annotated[str, Meta(max_length=1_000)]
Address = Annotated[str, Meta(max_length=254)]
Seq = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Fence = Annotated[int, Meta(ge=0, le=2_147_483_647)]


class Frame(Struct, tag_field="type", forbid_unknown_fields=True, gc=False):
    """What every frame is: an object whose `type` names it; an unknown field is refused."""
