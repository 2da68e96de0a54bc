"""What can go wrong on purpose, each with the words and codes that every face renders alike.

    TocsinError
    ├── NotFound       404  the thing does not exist, or the asker may not know that it does
    ├── Forbidden      403  the asker sees the thing but may not do this to it
    ├── SignedOut      401  nobody is signed in, or a signature is wrong
    ├── Invalid        422  an argument is malformed; `field` says which
    ├── Conflict       409  the thing is no longer in the state that the asker saw
    ├── Expired        410  a link or token was good once
    └── Unavailable    503  a server that we need is away; the same request later will do

Anything else is a bug: it stays an exception and reaches a person.
"""

from __future__ import annotations

from kit.languages import Sentence


class TocsinError(Exception):
    """An expected failure: `str(error)` is one sentence for the person who asked, in English.

    What in it is only known at that moment is a value for the template's braces, so that who reads another
    language is told the same: `NotFound("There is no step {}.", number)`.
    """

    code = "error"
    status = 400

    def __init__(self, message: str, *values: object, field: str | None = None) -> None:
        self.message = message if isinstance(message, Sentence) and not values else Sentence(message, *values)
        super().__init__(self.message)
        self.field = field


class NotFound(TocsinError):
    code = "not_found"
    status = 404


class Forbidden(TocsinError):
    code = "forbidden"
    status = 403


class SignedOut(TocsinError):
    code = "signed_out"
    status = 401


class Invalid(TocsinError):
    code = "invalid"
    status = 422


class Conflict(TocsinError):
    code = "conflict"
    status = 409


class Expired(TocsinError):
    code = "expired"
    status = 410


class Unavailable(TocsinError):
    code = "unavailable"
    status = 503
