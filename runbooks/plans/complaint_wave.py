"""Many people complain of the same thing at once."""

from runbooks.plan import Plan, PlannedStep

PLAN = Plan(
    crisis_type="complaint_wave",
    slug="complaint-wave",
    name="Wave of complaints",
    summary="Many people complain of the same thing: delays, refunds, waiting. Practical help first; then"
    " what is being done about the cause, in numbers, every two hours until the queue is short again.",
    steps=(
        PlannedStep(
            "pause_posts",
            "Pause scheduled posts and adverts",
            "Stop everything that is scheduled for this brand, on every network and in every market. A"
            " cheerful post between complaints costs more than a day of silence. Note what was paused.",
            minutes=5,
            owner="on_call",
        ),
        PlannedStep(
            "name_the_cause",
            "Say in one sentence what people complain about",
            "Read twenty of the mentions that drive the alert. Write down: what happened, to whom, since"
            " when, where. Ask operations to confirm or correct it. Mark what is not known yet.",
            minutes=10,
            owner="on_call",
        ),
        PlannedStep(
            "acknowledge",
            "Acknowledge in public where it burns",
            "Use the approved acknowledgement: we see it, we are sorry for the trouble, this is what you"
            " can do now, the next word comes at hh:mm. Post it on the network with most complaints first,"
            " pin it.",
            minutes=15,
            owner="on_call",
        ),
        PlannedStep(
            "customer_service_capacity",
            "Call in the second shift of customer service",
            "Compare open cases per hour with the people on shift. Call in the second shift when the queue"
            " grows. Order the queue by need: people stranded, ill or with children first, then by waiting"
            " time.",
            minutes=20,
        ),
        PlannedStep(
            "holding_statement",
            "Holding statement and its translations",
            "Draft in Spanish, Catalan, French and English: what is confirmed, since when, what is being"
            " done, people's practical rights, when the next word comes. No cause that is not proven,"
            " nobody blamed, no promise of money. Short sentences that can be read aloud.",
            minutes=30,
            owner="partner",
            kind="statement",
            needs_approval=True,
        ),
        PlannedStep(
            "compensation_rules",
            "Publish who gets what back",
            "Write the rules for refunds and vouchers in five lines and put them where the holding"
            " statement links to. Limits beyond what customer service may grant alone need the director and"
            " an end date.",
            minutes=30,
            needs_approval=True,
        ),
        PlannedStep(
            "daily_plan",
            "Statement with the plan for today",
            "State the cause if it is certain, what changes today, the numbers: cases open, solved,"
            " waiting time. Say when the next numbers come. Operations confirms each figure before"
            " approval.",
            minutes=60,
            kind="statement",
            needs_approval=True,
        ),
        PlannedStep(
            "brief_executives",
            "Brief the executive sponsor",
            "Half a page: what, how bad against normal, what we have said, what comes next and when, and"
            " the one decision that is needed. No jargon.",
            minutes=75,
        ),
        PlannedStep(
            "figures_every_two_hours",
            "Give the figures every two hours",
            "Solved since the last time, still open, longest wait. The same place, the same form, also"
            " when they are bad. Stop when the queue is below four hours.",
            minutes=180,
            owner="on_call",
        ),
        PlannedStep(
            "authorities",
            "Inform the authority and consumer bodies",
            "Legal decides who has to know, writes to them before they ask, and keeps the letters. Log"
            " each contact here with name and time.",
            minutes=24 * 60,
            needs_approval=True,
        ),
    ),
)
