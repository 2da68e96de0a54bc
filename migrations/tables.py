"""Every table, imported in one place so that the metadata is whole."""

from alerts import alert, claims, page
from alerts.arrivals import arrival
from alerts.audit import tables as auditing
from alerts.campaigns import campaign
from alerts.chain import decision
from alerts.contacts import contact
from alerts.explained import basis
from alerts.feedback import marks
from alerts.incoming import source as alert_source
from alerts.tuning import chosen
from incident import decision as response_decision
from incident import incident, opportunity, response, review
from incident.digest import digest
from kit import events
from kit.db import Base
from mentions import lateness, mention, monitor, notable, source
from mentions.by_hand import registration
from mentions.copies import story
from mentions.counting import left, newcomers
from mentions.identity import handles, voices
from mentions.importing import job as importing
from mentions.sentiment import corrections
from mentions.sources import lease, outage, raw
from mentions.triage import case, decisions, learning, routing
from people import absences, departments, letters, members, notices, organisations, schedules, tokens
from runbooks import proposal, question, run, runbook

MODULES = (
    events, organisations, members, departments, letters, schedules, case, decisions, learning,
    routing, digest,
    source, lease, outage, raw, mention, story, monitor, notable, voices, handles, lateness, newcomers,
    left,
    corrections,
    alert, claims, contact, page,
    auditing, decision, alert_source, arrival, chosen, basis, marks, campaign,
    incident, opportunity, response, response_decision, review, runbook, run, proposal, question, absences,
    notices, registration, importing, tokens,
)  # fmt: skip

metadata = Base.metadata
