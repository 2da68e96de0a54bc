"""Every table, imported in one place so that the metadata is whole."""

from alerts import alert, page
from incident import incident, response, review
from kit import events
from kit.db import Base
from mentions import mention, monitor, source
from people import members, organisations, schedules
from runbooks import proposal, run, runbook

MODULES = (
    events, organisations, members, schedules, source, mention, monitor, alert, page,
    incident, response, review, runbook, run, proposal,
)  # fmt: skip

metadata = Base.metadata
