"""Something technical does not work."""

from runbooks.plan import Plan, PlannedStep

PLAN = Plan(
    crisis_type="service_outage",
    slug="service-outage",
    name="Service outage or technical failure",
    summary="A service people need does not work. What they can do meanwhile comes before any explanation;"
    " the cause is told only once it is proven; an update comes every hour, also when there is no news.",
    steps=(
        PlannedStep(
            "pause_posts",
            "Pause scheduled posts and adverts",
            "Nothing that sends people to a service that is down. Stop scheduled posts, adverts and"
            " mailings of the brand; note what was paused so that it can be resumed.",
            minutes=5,
            owner="on_call",
        ),
        PlannedStep(
            "confirm_scope",
            "Get scope, start and work-around from IT",
            "Ask the duty engineer: what does not work, for whom, since when, what still works, what can"
            " people do meanwhile, when is the next look. Write the answers into the timeline as they come.",
            minutes=10,
        ),
        PlannedStep(
            "acknowledge",
            "Say that we know",
            "The approved acknowledgement on every network in use: we know that X does not work, since"
            " when, the work-around, the next update at hh:mm. No cause and no end time yet.",
            minutes=15,
            owner="on_call",
        ),
        PlannedStep(
            "status_page",
            "Put the status page up",
            "IT sets the affected parts, customer service links it in every reply. The time of the last"
            " update must be visible.",
            minutes=20,
        ),
        PlannedStep(
            "reply_texts",
            "Reply texts in four languages",
            "Draft replies for the three most frequent questions (does it concern me, what do I do"
            " meanwhile, do I get my money back) in Spanish, Catalan, French and English, from confirmed"
            " facts only. They wait for approval and are sent by customer service.",
            minutes=30,
            owner="partner",
            kind="statement",
            needs_approval=True,
        ),
        PlannedStep(
            "refund_table",
            "Open the refund table",
            "Who may grant what without asking, up to which sum, until when. Whatever goes beyond goes to"
            " the director. Every use is logged.",
            minutes=30,
            needs_approval=True,
        ),
        PlannedStep(
            "statement_of_facts",
            "Statement of facts",
            "What failed, who is affected, what works again, what people should do. The cause only if IT"
            " signs it as certain; otherwise say how it is being looked for, and when we will know more.",
            minutes=60,
            kind="statement",
            needs_approval=True,
        ),
        PlannedStep(
            "hourly_updates",
            "Update every hour until it is stable",
            "The same place, the same form; “no change since 15:00” is an update. Stop when the service"
            " was stable for two hours and contacts are below one and a half times the usual number.",
            minutes=120,
            owner="on_call",
        ),
        PlannedStep(
            "compensation",
            "Decide on compensation",
            "Product and executive sponsor decide from the length of the outage and the number of people;"
            " legal checks duties to report. The decision and its reason go into the timeline.",
            minutes=4 * 60,
            needs_approval=True,
        ),
        PlannedStep(
            "public_post_mortem",
            "Publish what happened",
            "Timeline, cause, what was done, what changes so that it does not happen again, each change"
            " with an owner and a date. Written by IT for people who are not from IT; nobody is blamed.",
            minutes=48 * 60,
            kind="statement",
            needs_approval=True,
        ),
    ),
)
