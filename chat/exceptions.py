"""Why something is not done in a room, in words for the person who tried; what they typed stays in the box."""

# How HTTP says it.
_STATUS = {"invalid": 422, "readonly": 403, "unverified": 403, "not_allowed": 403, "conflict": 409, "too_fast": 429}


class ChatError(Exception):
    """`code` is for the page's script, `message` for the reader, `wait` the seconds until it may be tried again."""

    def __init__(self, code: str, message: str, *, wait: int = 0) -> None:
        self.code, self.message, self.wait = code, message, wait
        super().__init__(code)

    @property
    def status(self) -> int:
        return _STATUS[self.code]


class NotFound(Exception):
    """What was asked for is not there for this user, who is not in the room or not any more, or may not read it."""
