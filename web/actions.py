"""Every form of the pages that runs an operation; each stands with its page."""

from __future__ import annotations

from web.forms import Action
from web.pages import (
    alert_sources,
    alerts,
    backtest,
    campaigns,
    cases,
    departments,
    desk,
    imports,
    inbox,
    incidents,
    me,
    mentions,
    monitors,
    notable,
    opportunities,
    partners,
    people,
    policies,
    privacy,
    registering,
    review,
    rota,
    routing,
    sources,
    tokens,
    war_room,
)

ACTIONS: list[Action] = [
    form
    for page in (
        alert_sources,
        alerts,
        backtest,
        campaigns,
        cases,
        departments,
        desk,
        imports,
        inbox,
        incidents,
        me,
        mentions,
        monitors,
        notable,
        opportunities,
        partners,
        people,
        policies,
        privacy,
        registering,
        review,
        rota,
        routing,
        sources,
        tokens,
        war_room,
    )
    for form in page.FORMS
]
