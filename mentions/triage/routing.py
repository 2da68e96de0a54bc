"""Which department a mention or an insight goes to, and why. Rules are data; deciding is pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import ReadSession, Row
from mentions.monitor import Monitor
from mentions.texts.text import Text, tokenise
from mentions.triage.labels import LABELS
from people.departments import Department
from people.members import Member
from people.organisations import Brand

TAGS = ("product", "people", "support", "business", "legal")
"""What a person finds in a mention and sends on by hand (an idea, a culture perceived, a recurring theme,
a competitor's price, a rule that touches us)."""

CASES = ("complaint", "question", "media", "lead", "threat")
"""Labels that become cases by themselves."""
MAY_BE = (*CASES, "praise")
"""And praise, where a rule of the house names it; else it is thanked for when somebody raises it."""

DEFAULTS = {
    "praise": "community",
    "complaint": "customer-service",
    "question": "customer-service",
    "media": "press",
    "lead": "business-development",
    "threat": "legal",
    "product": "product",
    "people": "human-resources",
    "support": "customer-service",
    "business": "business-development",
    "legal": "legal",
}
"""Where each goes when no rule speaks: slugs of departments. Spam goes nowhere."""
SECOND = {"threat": "press", "legal": "press", "media": "community", "people": "community"}
"""Where it goes when there is no such department in this house."""


class RoutingRule(Row):
    """Of several rules that fit, the first by position counts. What a rule leaves open fits everything."""

    __tablename__ = "routing_rule"

    position: Mapped[int] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(default="")
    brand_id: Mapped[int | None] = mapped_column(ForeignKey(Brand.id))
    monitor_id: Mapped[int | None] = mapped_column(ForeignKey(Monitor.id))
    """Only what this monitor found."""
    lang: Mapped[str] = mapped_column(default="")
    """ISO 639-1."""
    terms: Mapped[str] = mapped_column(default="")
    """Words and phrases, separated by commas; one is enough."""
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    """None: it becomes no case."""
    reason: Mapped[str] = mapped_column(default="")
    """In words, for those who ask why it came to them."""
    hint: Mapped[str] = mapped_column(default="", server_default="")
    """How such a thing is answered; empty: as its label is (`web/templates/case/ui.html`)."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    """For whom it is meant. They claim it as anybody does: somebody else may be quicker."""
    answer_minutes: Mapped[int | None]
    """How long it may wait; None: as long as its department says."""


@dataclass(frozen=True)
class About:
    """As much of a mention as a rule looks at."""

    label: str
    brand_id: int
    lang: str
    text: str
    monitor_ids: frozenset[int] = frozenset()
    """The monitors that found it."""


@dataclass(frozen=True)
class Route:
    """Where to, None for nowhere."""

    department_id: int | None
    reason: str = ""
    """Why, in the house's own words; empty: it is where its label usually goes."""
    rule_id: int | None = None
    """The rule that says so."""
    answer_minutes: int | None = None
    """How long it may wait by that rule."""


@dataclass(frozen=True)
class Routes:
    """The rules in their order and the departments by slug, as they are now."""

    rules: Sequence[RoutingRule]
    departments: dict[str, Department]
    """Archived ones too."""

    def of(self, about: About) -> Route:
        """The first rule that fits, else the default of the label."""
        return self._ruled(self.rules, about) or self.default(about.label)

    def by_itself(self, about: About) -> Route:
        """The same of what nobody raised: praise goes only where a rule sends praise."""
        if about.label in CASES:
            return self.of(about)
        rules = [rule for rule in self.rules if rule.label == about.label]
        return self._ruled(rules, about) or Route(None)

    def _ruled(self, rules: Sequence[RoutingRule], about: About) -> Route | None:
        text = Text(about.text) if any(rule.terms for rule in rules) else None
        for rule in rules:
            if _fits(rule, about, text):
                to = self.taking(rule.department_id)
                return Route(to, rule.reason or _spelled(rule), rule.id, rule.answer_minutes)
        return None

    def taking(self, department_id: int | None) -> int | None:
        """The department, or who took over from it when it was archived; None where nobody did."""
        while department_id in self._by_id and not self.works(department_id):
            department_id = self._by_id[department_id].successor_id
        return department_id

    def works(self, department_id: int) -> bool:
        """Whether there is such a department, and it is not archived."""
        return department_id in self._by_id and self._by_id[department_id].archived_at is None

    def named(self, department_id: int) -> str:
        """A department's name."""
        return self._by_id[department_id].name

    def answer_minutes(self, department_id: int) -> int:
        """How long a case of a department may wait."""
        return self._by_id[department_id].answer_minutes

    @cached_property
    def _by_id(self) -> dict[int, Department]:
        return {one.id: one for one in self.departments.values()}

    def default(self, label: str) -> Route:
        """Where this label goes when no rule speaks, or the department that stands in for a missing one."""
        for slug in (DEFAULTS.get(label), SECOND.get(label)):
            to = self.taking(self.departments[slug].id) if slug in self.departments else None
            if to is not None:
                return Route(to)
        return Route(None)


async def routes(session: ReadSession) -> Routes:
    """The rules and departments of this house."""
    rules = (await session.scalars(select(RoutingRule).order_by(RoutingRule.position))).all()
    found = (await session.scalars(select(Department))).all()
    return Routes(rules, {one.slug: one for one in found})


def _fits(rule: RoutingRule, about: About, text: Text | None) -> bool:
    return (
        rule.label in ("", about.label)
        and rule.brand_id in (None, about.brand_id)
        and (rule.monitor_id is None or rule.monitor_id in about.monitor_ids)
        and rule.lang in ("", about.lang)
        and (not rule.terms or (text is not None and _term_in(rule.terms, text) is not None))
    )


def _term_in(terms: str, text: Text) -> str | None:
    """The first of the terms that the text has as whole words."""
    for term in terms.split(","):
        words = " ".join(token.lstrip("#@") for token in tokenise(term))
        if words and f" {words} " in text.line:
            return term.strip()
    return None


def _spelled(rule: RoutingRule) -> str:
    """A rule that nobody gave a reason, in signs that every language reads: `§ 3 · threat · ca · court`."""
    return " · ".join(filter(None, (f"§ {rule.position}", rule.label, rule.lang, rule.terms)))


def known_label(label: str) -> bool:
    """Whether a case may be about this."""
    return label in LABELS or label in TAGS
