"""What people of the house say about a text, kept to learn from and to tell how often we are right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from kit.db import ReadSession, Row, WriteSession
from mentions.mention import Mention
from people.members import Member


class Taught(Row):
    """The newest word of a person on a text; `said` is what we had said of it."""

    __abstract__ = True

    text_key: Mapped[UUID] = mapped_column(Uuid(), unique=True)
    """See `mentions.sentiment.corrections.text_key`."""
    text: Mapped[str]
    lang: Mapped[str]
    label: Mapped[str]
    said: Mapped[str]
    source_id: Mapped[int]
    author: Mapped[str | None]
    """Who wrote it, so that the text leaves with its author."""
    mention_id: Mapped[int]
    """No foreign key: the mention may be gone by then."""
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    made_at: Mapped[datetime]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        name = cls.__tablename__
        return (
            Index(f"ix_{name}_source_id_author", "source_id", "author"),
            Index(f"ix_{name}_mention_id", "mention_id"),
        )


T = TypeVar("T", bound=Taught)


async def keep(session: WriteSession, table: type[Taught], mention: Mention, **said: object) -> None:
    """Keep a person's word on this mention; of a text judged before, the newest stands, and `said` stays."""
    about = {name: getattr(mention, name) for name in ("lang", "source_id", "author")}
    new = insert(table).values(**about, mention_id=mention.id, **said)
    newest = {name: new.excluded[name] for name in ("label", "member_id", "made_at")}
    await session.execute(new.on_conflict_do_update(index_elements=["text_key"], set_=newest))


async def export(session: ReadSession, table: type[T]) -> AsyncIterator[T]:
    """Yield all of the table, the oldest first."""
    async for row in await session.stream_scalars(select(table).order_by(table.id)):
        yield row
