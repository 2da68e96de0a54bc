"""Which department a mention or an insight goes to, and why. Rules are data; deciding is pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import ReadSession, Row
from mentions.text import Text, tokenise
from mentions.triage.labels import LABELS
from people.departments import Department
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
    lang: Mapped[str] = mapped_column(default="")
    """ISO 639-1."""
    terms: Mapped[str] = mapped_column(default="")
    """Words and phrases, separated by commas; one is enough."""
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    """None: it becomes no case."""
    reason: Mapped[str] = mapped_column(default="")
    """In words, for those who ask why it came to them."""


@dataclass(frozen=True)
class About:
    """As much of a mention as a rule looks at."""

    label: str
    brand_id: int
    lang: str
    text: str


@dataclass(frozen=True)
class Route:
    """Where to, None for nowhere."""

    department_id: int | None
    reason: str = ""
    """Why, in the house's own words; empty: it is where its label usually goes."""


@dataclass(frozen=True)
class Routes:
    """The rules in their order and the departments by slug, as they are now."""

    rules: Sequence[RoutingRule]
    departments: dict[str, Department]

    def of(self, about: About) -> Route:
        """The first rule that fits, else the default of the label."""
        text = Text(about.text) if any(rule.terms for rule in self.rules) else None
        for rule in self.rules:
            if _fits(rule, about, text):
                return Route(rule.department_id, rule.reason or _spelled(rule))
        return self.default(about.label)

    def by_itself(self, about: About) -> Route:
        """The same of what nobody raised: praise goes only where a rule sends praise."""
        if about.label in CASES:
            return self.of(about)
        rules = [rule for rule in self.rules if rule.label == about.label]
        return replace(self, rules=rules, departments={}).of(about)

    def named(self, department_id: int) -> str:
        """A department's name."""
        return next(one.name for one in self.departments.values() if one.id == department_id)

    def answer_minutes(self, department_id: int) -> int:
        """How long a case of a department may wait."""
        return next(one.answer_minutes for one in self.departments.values() if one.id == department_id)

    def default(self, label: str) -> Route:
        """Where this label goes when no rule speaks, or the department that stands in for a missing one."""
        for slug in (DEFAULTS.get(label), SECOND.get(label)):
            if slug in self.departments:
                return Route(self.departments[slug].id)
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
