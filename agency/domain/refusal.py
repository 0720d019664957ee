"""The one way to say no: a code that a page, a socket or a command puts into words."""


class Refusal(Exception):
    """Raised where a request is refused, and nothing of it was done.

    Args:
        code: what stands against it, one of those that the class names.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
