"""People were hurt."""

from runbooks.plan import Plan, PlannedStep

PLAN = Plan(
    crisis_type="accident",
    slug="accident",
    name="Accident with injuries",
    summary="People were hurt. Concern for them and what others must do to be safe, nothing else; no word on"
    " the cause; figures only as the authorities give them. Families never learn it from social media.",
    steps=(
        PlannedStep(
            "stop_all_promotion",
            "Stop all promotion, sober profiles",
            "Everything that is scheduled, in every market and for every brand of the house. Profile"
            " pictures and headers go sober. Nobody jokes, nobody likes, nobody replies alone.",
            minutes=5,
            owner="on_call",
        ),
        PlannedStep(
            "confirm_with_operations",
            "Get it confirmed by operations",
            "Where, when, what kind, is help there, who leads on site, which authority speaks. Two"
            " sources. Mark what is not known; keep rumours out of the timeline.",
            minutes=5,
        ),
        PlannedStep(
            "acknowledge",
            "Acknowledge with concern",
            "The approved text: we know of an accident at … at …; our thoughts are with the people"
            " concerned and their families; emergency services are there; the next word at hh:mm. No"
            " figures, no cause.",
            minutes=15,
            owner="on_call",
        ),
        PlannedStep(
            "helpline",
            "Open the helpline for families",
            "Number, people who are trained for it, a quiet room at the site. The number is the first"
            " thing in every text from now on. Names are given by the authorities alone.",
            minutes=20,
        ),
        PlannedStep(
            "holding_statement",
            "Holding statement by the spokesperson",
            "Concern, the confirmed basics, what is being done, the helpline, the next update. Written in-"
            " house, spoken by one person. Legal and the executive sponsor approve; ten minutes each, then"
            " the deputy.",
            minutes=30,
            kind="statement",
            needs_approval=True,
        ),
        PlannedStep(
            "translations",
            "Translate the approved statement",
            "Translate the approved holding statement word for word into the languages of the people"
            " concerned (Spanish, Catalan, French, English). Translation only: nothing is added, left out"
            " or explained, nothing on victims is drafted, questions go back to the lead.",
            minutes=45,
            owner="partner",
            kind="statement",
            needs_approval=True,
        ),
        PlannedStep(
            "authorities_lead",
            "Agree with the authorities on figures",
            "They speak on casualties; we repeat their figures with source and time, never our own. Note"
            " the name and number of their press officer here.",
            minutes=45,
        ),
        PlannedStep(
            "dark_site",
            "Put the dark site in place of the home page",
            "Statement, helpline, what passengers, customers or neighbours should do, time of the last"
            " update. No adverts, no shop, no cookies beyond what is needed.",
            minutes=60,
            needs_approval=True,
        ),
        PlannedStep(
            "hourly_updates",
            "Update every hour",
            "What is new, what has not changed, when the next one comes. From the spokesperson's text, the"
            " same words in every language.",
            minutes=120,
            owner="on_call",
        ),
        PlannedStep(
            "presence_and_staff",
            "Somebody senior on site, support for staff",
            "The executive sponsor goes there, without cameras of ours. Support for staff who were there"
            " or who answer the telephones. Put the anniversary into the calendar.",
            minutes=24 * 60,
        ),
    ),
)
