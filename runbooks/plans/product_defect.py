"""A product may harm people."""

from runbooks.plan import Plan, PlannedStep

PLAN = Plan(
    crisis_type="product_defect",
    slug="product-defect",
    name="Product defect, contamination, recall",
    summary="A product may harm people. How to keep safe comes first, before any word on the cause: which"
    " batch, stop using it, what to do with it. Legal watches the duties to report from the first minutes.",
    steps=(
        PlannedStep(
            "pause_promotion",
            "Stop promotion and influencers",
            "Stop scheduled posts, adverts, samples and paid content on the product in every market. Tell"
            " influencers with a contract to hold, by name, and log who answered.",
            minutes=5,
            owner="on_call",
        ),
        PlannedStep(
            "identify_batch",
            "Get batch, risk and distribution from quality",
            "Which product, batch and best-before date, what the risk is, to whom, where it was sold, how"
            " many. Collect what people report (symptoms, photographs of labels) without asking for their"
            " health data in public.",
            minutes=10,
        ),
        PlannedStep(
            "safety_advice",
            "Acknowledge, with safety advice",
            "Say before any cause is known: do not use it, keep the packaging, where to ask. Whoever feels"
            " unwell should see a doctor; we give no medical advice.",
            minutes=15,
            owner="on_call",
        ),
        PlannedStep(
            "duty_to_report",
            "Legal: duties to report",
            "Check which authorities must be told, by when, in which form, and start the clocks. Verify"
            " them locally: serious risks are counted in working days, accidents without undue delay.",
            minutes=20,
            needs_approval=True,
        ),
        PlannedStep(
            "holding_statement",
            "Holding statement and its translations",
            "Draft in Spanish, Catalan, French and English: product and batch, what to do with it, how to"
            " get money back, number to call, what is being examined, when the next word comes. No cause,"
            " no comparison, no answer to health questions.",
            minutes=30,
            owner="partner",
            kind="statement",
            needs_approval=True,
        ),
        PlannedStep(
            "hotline",
            "Hotline and script",
            "Open the number, brief customer service, put health questions through to a professional."
            " Shops and switchboard get the same script.",
            minutes=45,
        ),
        PlannedStep(
            "recall_page",
            "Recall page in four languages",
            "With a photograph of the label that shows where the batch number is, what to do, how to be"
            " refunded, the hotline. Quality signs the facts, legal and the executive sponsor the words.",
            minutes=60,
            kind="statement",
            needs_approval=True,
        ),
        PlannedStep(
            "retailers",
            "Inform retailers, schools and canteens",
            "By telephone first, in writing after. Log who was reached, at what time, and what was taken"
            " off the shelves. Who was not reached is called again every hour.",
            minutes=4 * 60,
        ),
        PlannedStep(
            "returns_figures",
            "Publish the figures of the recall",
            "Returned, refunded, still out, confirmed cases. The same place every day until nine in ten"
            " are back or no new case came for a week.",
            minutes=24 * 60,
            owner="on_call",
            needs_approval=True,
        ),
    ),
)
