"""What people decide about labels: kept with the rules' word beside it, to learn from."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy.orm import Mapped

from kit.db import WriteSession
from mentions.judging.enrich import whole_text
from mentions.mention import Mention
from mentions.sentiment import Sentiment
from mentions.sentiment.corrections import text_key
from mentions.sentiment.model import Label
from mentions.taught import Taught, keep
from mentions.triage.labels import decide, tell


class Decision(Taught):
    """The newest word of a person on what a text asks of us. `said` is the rules' label at that time."""

    __tablename__ = "triage_decision"

    sentiment: Mapped[str]
    """The text's, at that time."""


async def note(session: WriteSession, mention: Mention, label: str, *, member_id: int, now: datetime) -> None:
    """Keep a person's label for this mention, before it changes; the label that it has is a confirmation."""
    text = whole_text(mention)
    untouched = mention.triaged_by is None and mention.learned is None
    await keep(
        session,
        Decision,
        mention,
        text_key=text_key(text),
        text=text,
        sentiment=mention.sentiment,
        label=label,
        said=mention.triage if untouched else _ruled(mention),
        member_id=member_id,
        made_at=now,
    )


def _ruled(mention: Mention) -> str:
    """What the rules say of a mention that has somebody else's label."""
    (told,) = tell(
        [whole_text(mention)],
        [mention.lang],
        [Sentiment(cast(Label, mention.sentiment), mention.score, mention.confidence)],
        authors=[mention.author],
        domains=[mention.domain],
        kinds=[mention.kind],
    )
    return decide(told)
