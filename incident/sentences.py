"""What each kind of event says, in plain English; the braces are the event's own data.

A test compares the kinds and the names in braces with every `record(` call of the sources.
"""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "incident.opened": "Opened the incident “{title}”: {severity}, {type}.",
    "incident.alert_joined": "Another alert joined: “{title}” ({level}).",
    "incident.severity_raised": "The severity rose from {before} to {after}: the alert “{title}” did.",
    "incident.severity_set": "Set the severity from {before} to {after}: {reason}",
    "incident.lead_assigned": "{lead} leads the incident.",
    "incident.joined": "Joined the incident.",
    "incident.noted": "Noted: {text}",
    "incident.briefing_set": "Wrote the briefing for partners: {text}",
    "incident.resolved": "Resolved the incident: {summary}",
    "incident.closed": "Closed the incident.",
    "response.drafted": "Drafted the statement “{title}”.",
    "response.edited": "Edited the statement “{title}” (version {version}).",
    "response.submitted": "Submitted the statement “{title}” for approval (version {version}).",
    "response.approved": "Approved the statement “{title}” (version {version}).",
    "response.returned": "Returned the statement “{title}”: {reason}",
    "response.published": "Marked the statement “{title}” as published. {url}",
    "review.opened": "The review is open, with the timeline in it.",
    "review.summary_set": "Wrote the summary of the review.",
    "review.lesson_added": "Added a lesson ({lesson_kind}): {text}",
    "review.closed": "Closed the review.",
    "runbook.added": "“{runbook}” came into the library, with {steps} steps.",
    "run.started": "Runbook “{runbook}”, version {version}, began with {steps} steps.",
    "run.fallback_taken": "There is no runbook for {type}; “{runbook}” runs instead.",
    "run.no_runbook": "No runbook fits, and there is none for complaint waves: act without one.",
    "run.lead_took_over": "{lead} owns the {count} steps that waited for a lead.",
    "partner.seated": "{organisation} has a part in this incident.",
    "step.owner_missing": "The step “{title}” falls to the lead: {why}",
    "step.reassigned": "Gave the step “{title}” to {owner}.",
    "step.completed": "Completed the step “{title}”. {note}",
    "step.awaiting_approval": "Did the step “{title}”; it waits for approval. {note}",
    "step.approved": "Approved the step “{title}”.",
    "step.returned": "Returned the step “{title}”: {reason}",
    "step.skipped": "Skipped the step “{title}”: {reason}",
    "step.overdue": "The step “{title}” is overdue; {owner} has it.",
    "proposal.made": "Proposed a change to the step “{title}” of “{runbook}”.",
    "proposal.accepted": "Accepted the change to the step “{title}”: “{runbook}” is now version {version}.",
    "proposal.rejected": "Rejected the change to the step “{title}” of “{runbook}”: {reason}",
}
