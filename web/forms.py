"""A form of a page: the operation that it runs, what it reads, and where one is afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import cookie
from kit.errors import Forbidden, Invalid, SignedOut, TocsinError
from kit.languages import Sentence
from web.fields import Form, Read
from web.kept import sign_in_first
from web.visit import Audience, Refusal, Visit, arrive, local_path, see_other

Show = Callable[[Visit], Awaitable[Response]]

FIELDS = 400
"""Of one form: those of an agency have one for each brand."""
RENEWED = Sentence(
    "You have signed in again meanwhile, so nothing was sent. It is all still here: send it again."
)


@dataclass(frozen=True)
class Action:
    """POST `path`: run `operation` with variables read from path and form, then look at `then`.

    When it is refused, `page` is shown again with the reason and with what had been typed. `then` may
    name parts of the path and fields of the result (`/incidents/{number}`); the form's own `next`, a path
    of ours, goes before it.
    """

    path: str
    operation: str
    page: Show
    then: str
    variables: Mapping[str, Read]
    audience: Audience = Audience.HOUSE
    files: int = 0
    """How many text files the form may send; each is read like a field."""
    kept: bool = True
    """Whether who was signed out, or signed in anew, finds again what they typed: no password, no file."""


def forms_at(path: str, page: Show, then: str = "", /, **own: Read) -> Callable[..., Action]:
    """What makes the forms of a page: each posts to `path/name`, and leads to `then`, else back to `path`.

    `own`: what each of them reads, beside its own variables.
    """

    def made(name: str, operation: str, audience: Audience = Audience.HOUSE, /, **variables: Read) -> Action:
        return Action(f"{path}/{name}", operation, page, then or path, {**own, **variables}, audience)

    return made


def route(action: Action) -> Route:
    """The action as a route."""

    async def respond(request: Request) -> Response:
        try:
            visit = await arrive(request, action.audience)
        except SignedOut:
            visit = request.state.visit
            return sign_in_first(visit, await _fields(visit, action.files) if action.kept else {})
        form = await _fields(visit, action.files)
        token = form.pop("csrf", "")
        own = visit.viewer is not None and cookie.member_of(token) == visit.viewer.member_id
        if token != visit.csrf and own and action.kept:
            return await again(action, visit, Refusal(RENEWED, Forbidden.status), form)
        check_token(visit, token)
        return await _act(action, visit, form)

    return Route(action.path, respond, methods=["POST"], name=action.operation)


async def form_of(visit: Visit, *, files: int = 0) -> dict[str, str]:
    """The form's text fields and text files; Forbidden unless it carries this sign-in's token."""
    fields = await _fields(visit, files)
    check_token(visit, fields.pop("csrf", ""))
    return fields


async def _fields(visit: Visit, files: int) -> dict[str, str]:
    try:
        form: FormData = await visit.request.form(max_fields=FIELDS, max_files=files)
    except UnicodeError as error:  # of an encoding that the request names, and is not in
        raise Invalid("This form cannot be read.") from error
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    sent = {name: _text(await file.read()) for name, file in form.items() if isinstance(file, UploadFile)}
    await form.close()
    return fields | sent


def check_token(visit: Visit, given: object) -> None:
    """Forbidden unless this is what this sign-in's forms carry."""
    sent = given if isinstance(given, str) else ""
    if visit.viewer is not None and not compare_digest(sent.encode(errors="replace"), visit.csrf.encode()):
        raise Forbidden("This form is too old or came from elsewhere. Reload the page and send it again.")


def _text(content: bytes) -> str:
    """A file's text: UTF-8, or what old spreadsheets write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


async def _act(action: Action, visit: Visit, form: Form) -> Response:
    try:
        result = await perform(visit, action.operation, action.variables, form)
    except TocsinError as error:
        if error.status == 401:
            raise
        visit.refuse(error, form)
        return await action.page(visit)
    then = action.then.format_map({**result, **visit.request.path_params})
    return see_other(local_path(form.get("next", ""), then))


async def again(action: Action, visit: Visit, refusal: Refusal, form: Form) -> Response:
    """The page of a form that was not carried out, with the reason and with what had been typed."""
    visit.refusal = replace(refusal, action=visit.request.url.path, typed=form)
    return await action.page(visit)


async def perform(visit: Visit, operation: str, variables: Mapping[str, Read], form: Form) -> dict[str, Any]:
    """Run a mutation of one field; its Problem is raised as the error that it was made of."""
    data = await visit.ask(operation, **{name: read(visit, form) for name, read in variables.items()})
    (result,) = data.values()
    if not isinstance(result, dict):
        return {}
    if result.get("__typename") == "Problem":
        raise _error(result["code"], result["message"], result["field"])
    return result


def _error(code: str, message: str, field: str | None) -> TocsinError:
    """The kit error of this code, so that pages and API agree on statuses."""
    kind = next((kind for kind in TocsinError.__subclasses__() if kind.code == code), TocsinError)
    return kind(message, field=field)
