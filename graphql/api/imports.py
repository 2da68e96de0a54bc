"""Files of mentions that were sent by a page: what they hold, and how far they are read in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.context import Info
from api.counted import People
from api.errors import Problem, change, number, optional_number
from api.listening import Brand, brand
from api.people import Person, person
from api.shape import shape
from mentions.drafts.draft import MentionDraft
from mentions.importing import service
from mentions.importing.job import ImportJob
from mentions.importing.tables import BadLine
from mentions.sources.faults import FAULTS


@strawberry.type(description="Which column of the file holds a field of ours.")
class ImportColumn:
    name: str
    column: str


@strawberry.type(description="A line that holds no mention.")
class ImportFault:
    line: int
    stored_reason: strawberry.Private[str]
    value: str = strawberry.field(
        default="", description="What stood there; empty where the reason says it, or nothing did."
    )

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> ImportFault:
        return cls(line=stored["line"], stored_reason=stored["reason"], value=stored.get("value", ""))

    @strawberry.field
    def reason(self, info: Info) -> str:
        return FAULTS.told(self.stored_reason, info.context.language)


LONGEST_SAID = 300


@strawberry.type(description="What the file says of a field of ours, its beginning.")
class ImportSaid:
    name: str
    value: str


@strawberry.type(description="A line of the file as it would be read: a mention, or why it is none.")
class ImportRow:
    text: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    reach: People | None = strawberry.field(default=None, description="People who may have seen it.")
    followers: People | None = None
    lang: str | None = strawberry.field(default=None, description="As the file declares it; ISO 639.")
    said: list[ImportSaid] = strawberry.field(
        default_factory=list, description="What the file says, as it is written there."
    )
    fault: ImportFault | None = None

    @classmethod
    def of(cls, line: MentionDraft | BadLine, said: Mapping[str, str]) -> ImportRow:
        if isinstance(line, BadLine):
            return cls(fault=ImportFault(line=line.number, stored_reason=line.reason, value=line.value))
        return cls(
            text=line.text, author=line.author, published_at=line.published_at,
            reach=_people(line.reach), followers=_people(line.followers), lang=line.lang,
            said=[ImportSaid(name=name, value=value[:LONGEST_SAID]) for name, value in said.items()],
        )  # fmt: skip


def _people(count: int | None) -> People | None:
    return None if count is None else People(count)


@strawberry.type(description="What the beginning of a file comes to.")
class ImportLook:
    layout: str | None = strawberry.field(description="The suite whose export it is; null: anybody's own.")
    columns: list[str]
    found: list[ImportColumn]
    rows: list[ImportRow]
    problem: str | None = strawberry.field(description="Why it cannot be read as it is set.")

    @classmethod
    def of(cls, look: service.Look) -> ImportLook:
        return cls(
            layout=look.layout,
            columns=list(look.columns),
            found=_columns(look.found),
            rows=[ImportRow.of(*one) for one in zip(look.lines, look.said, strict=True)],
            problem=look.problem,
        )


@strawberry.type(description="A file that was sent. `state`: draft, waiting, running, done or failed.")
class Import:
    id: strawberry.ID
    name: str
    size: People = strawberry.field(description="Bytes, unpacked.")
    created_at: datetime
    state: str
    source: str
    zone: str
    lines: int = strawberry.field(description="Read so far.")
    new: int = strawberry.field(description="Mentions that were not there before,")
    known: int = strawberry.field(description="that were,")
    rejected: int = strawberry.field(description="and lines that hold none.")
    error: str | None
    finished_at: datetime | None
    brand_id: strawberry.Private[int | None]
    member_id: strawberry.Private[int]
    field_map: list[ImportColumn] = strawberry.field(description="As far as a person said.")
    faults: list[ImportFault] = strawberry.field(description="The first hundred of the rejected.")

    @classmethod
    def of(cls, row: ImportJob) -> Import:
        return shape(
            cls,
            row,
            field_map=_columns(row.field_map),
            faults=[ImportFault.of(fault) for fault in row.faults],
        )

    @strawberry.field(description="For whose first monitor all of it counts.")
    async def brand(self, info: Info) -> Brand | None:
        return await brand(info, self.brand_id) if self.brand_id is not None else None

    @strawberry.field(description="Who sent it.")
    async def sent_by(self, info: Info) -> Person | None:
        return await person(info, self.member_id)

    @strawberry.field(description="The source that it is filed under, once there is one.")
    async def source_id(self, info: Info) -> strawberry.ID | None:
        async with info.context.read() as session:
            found = await service.filed_under(session, self.source)
        return strawberry.ID(str(found)) if found is not None else None

    @strawberry.field
    async def look(self, info: Info) -> ImportLook:
        context = info.context
        async with context.read(cost=10) as session:
            return ImportLook.of(await service.look(session, context.viewer, int(self.id), context.now))


def _columns(found: Mapping[str, Any]) -> list[ImportColumn]:
    return [ImportColumn(name=ours, column=str(theirs)) for ours, theirs in found.items()]


@strawberry.input(description="Which column of the file holds a field of ours; empty: found by its name.")
class ImportColumnInput:
    name: str
    column: str


@strawberry.input(description="How a file is to be read.")
class ImportInput:
    source: str
    brand_id: strawberry.ID | None = None
    zone: str = ""
    field_map: list[ImportColumnInput] = strawberry.field(default_factory=list)

    def wanted(self) -> service.Wanted:
        field_map = {one.name: one.column for one in self.field_map if one.column}
        brand_id = optional_number(self.brand_id, "brand")
        return service.Wanted(self.source, brand_id, self.zone, field_map)


@strawberry.type
class ImportDropped:
    id: strawberry.ID


ImportOr = Annotated[Import | Problem, strawberry.union("SettledImportResult")]
DroppedOr = Annotated[ImportDropped | Problem, strawberry.union("ImportDroppedResult")]


@strawberry.type
class ImportQuery:
    @strawberry.field(description="The newest files. For admins.")
    async def imports(self, info: Info) -> list[Import]:
        async with info.context.read() as session:
            return [Import.of(row) for row in await service.jobs(session, info.context.viewer)]

    @strawberry.field(name="import", description="One file. For admins.")
    async def one_import(self, info: Info, id: strawberry.ID) -> Import:
        async with info.context.read() as session:
            return Import.of(await service.one(session, info.context.viewer, number(id, "file")))


@strawberry.type
class ImportMutation:
    @change(description="Say how a file that was sent is to be read and, if `begin`, have it read in.")
    async def settle_import(
        self, info: Info, id: strawberry.ID, input: ImportInput, begin: bool = False
    ) -> ImportOr:
        key, context = number(id, "file"), info.context
        async with context.change() as session:
            row = await service.settle(session, context.viewer, key, input.wanted(), begin=begin)
        return Import.of(row)

    @change(description="Forget a file; what was read in of it stays.")
    async def drop_import(self, info: Info, id: strawberry.ID) -> DroppedOr:
        key, context = number(id, "file"), info.context
        async with context.change() as session:
            await service.drop(session, context.viewer, key)
        return ImportDropped(id=id)
