"""Who registered which mention by hand: kept even when the mention itself is long gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base
from people.members import Member
from people.organisations import Brand


class Registration(Base):
    """One form that was sent."""

    __tablename__ = "registration"

    key: Mapped[str] = mapped_column(primary_key=True)
    """Given by the form, so that sending it twice registers one mention; its native id."""
    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id))
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    kind: Mapped[str]
    """One of `mentions.drafts.draft.KINDS`."""
    registered_at: Mapped[datetime]
