"""The whole schema. `python -m api.schema` writes it to graphql/schema.graphql, `--check` compares."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import strawberry
from strawberry.extensions import MaxTokensLimiter, ParserCache
from strawberry.schema.config import StrawberryConfig

from api.alert_sources import AlertSourceMutation, AlertSourceQuery
from api.alerting import AlertingMutation, AlertingQuery
from api.answer_size import CountedExecution
from api.auditing import AuditQuery
from api.backtests import BacktestQuery
from api.bounds import BoundedValidation
from api.brands import BrandMutation, BrandQuery
from api.campaigns import CampaignMutation, CampaignQuery
from api.cases import CaseMutation, CaseQuery, CaseSubscription
from api.contacts import ContactMutation, ContactQuery
from api.counted import PEOPLE, People
from api.departments import DepartmentMutation, DepartmentQuery
from api.detector import DetectorMutation, DetectorQuery
from api.digests import DigestMutation, DigestQuery
from api.drivers import DriversQuery
from api.errors import CodedErrors, OneOperation, QuietSchema, mask
from api.feedback import FeedbackMutation, FeedbackQuery
from api.imports import ImportMutation, ImportQuery
from api.incidents import IncidentMutation, IncidentQuery, IncidentSubscription
from api.library import LibraryQuery
from api.links import LinkMutation, LinkQuery
from api.listening import ListeningQuery, ListeningSubscription
from api.moments import DATE_TIME
from api.monitors import MonitorMutation, MonitorQuery
from api.notable import NotableMutation, NotableQuery
from api.on_call import OnCallQuery
from api.opportunities import OpportunityMutation, OpportunityQuery
from api.own_duty import OwnDutyMutation, OwnDutyQuery
from api.partners import PartnerMutation, PartnerQuery
from api.people import PeopleMutation, PeopleQuery
from api.policies import PolicyMutation, PolicyQuery
from api.privacy import PrivacyMutation, PrivacyQuery
from api.programs import bound_changes, people_only
from api.registering import RegisteringMutation, RegisteringQuery
from api.responses import ResponseMutation
from api.reviews import ReviewMutation
from api.schedules import ScheduleMutation
from api.seats import SeatMutation, SeatQuery
from api.sentiment import SentimentMutation, SentimentQuery
from api.source_trials import SourceTrialMutation
from api.sources import SourceMutation, SourceQuery
from api.steps import StepMutation, StepQuery, StepSubscription
from api.swaps import SwapMutation, SwapQuery
from api.tokens import TokenMutation, TokenQuery

for part in (TokenQuery, ContactQuery):  # what is a person's own: no program asks for it
    people_only(part)
people_only(OwnDutyQuery, only=frozenset({"my_duty"}))
FILE = Path(__file__).parents[1] / "schema.graphql"


@strawberry.type
class Query(
    PeopleQuery,
    SeatQuery,
    PartnerQuery,
    TokenQuery,
    OnCallQuery,
    SwapQuery,
    OwnDutyQuery,
    ListeningQuery,
    CaseQuery,
    DepartmentQuery,
    OpportunityQuery,
    AlertingQuery,
    LinkQuery,
    PolicyQuery,
    AlertSourceQuery,
    AuditQuery,
    ContactQuery,
    IncidentQuery,
    DigestQuery,
    SourceQuery,
    ImportQuery,
    StepQuery,
    LibraryQuery,
    DriversQuery,
    SentimentQuery,
    RegisteringQuery,
    MonitorQuery,
    NotableQuery,
    DetectorQuery,
    BrandQuery,
    CampaignQuery,
    BacktestQuery,
    PrivacyQuery,
    FeedbackQuery,
):
    """Questions: one consistent snapshot for the whole operation."""


@strawberry.type
class Mutation(
    PeopleMutation,
    SeatMutation,
    PartnerMutation,
    BrandMutation,
    TokenMutation,
    ScheduleMutation,
    SwapMutation,
    OwnDutyMutation,
    SentimentMutation,
    CaseMutation,
    DepartmentMutation,
    OpportunityMutation,
    AlertingMutation,
    LinkMutation,
    PolicyMutation,
    AlertSourceMutation,
    ContactMutation,
    IncidentMutation,
    DigestMutation,
    SourceMutation,
    SourceTrialMutation,
    ImportMutation,
    StepMutation,
    ResponseMutation,
    ReviewMutation,
    RegisteringMutation,
    MonitorMutation,
    NotableMutation,
    DetectorMutation,
    CampaignMutation,
    FeedbackMutation,
    PrivacyMutation,
):
    """Acts: each field is one transaction; an expected failure is answered as a Problem."""


bound_changes(Mutation)


@strawberry.type
class Subscription(IncidentSubscription, ListeningSubscription, CaseSubscription, StepSubscription):
    """Live: over graphql-transport-ws; ends after a quarter of an hour, then connect again."""


schema = QuietSchema(
    Query,
    Mutation,
    Subscription,
    execution_context_class=CountedExecution,
    config=StrawberryConfig(disable_field_suggestions=True, scalar_map={People: PEOPLE, datetime: DATE_TIME}),
    extensions=[
        lambda: MaxTokensLimiter(max_token_count=2000),
        lambda: ParserCache(maxsize=200),
        lambda: BoundedValidation(maxsize=200),
        CodedErrors,
        mask,
        OneOperation,
    ],
)


def sdl() -> str:
    """The schema as text, the same for the same code."""
    return schema.as_str() + "\n"


def main() -> int:
    if "--check" not in sys.argv:
        FILE.write_text(sdl())
        return 0
    if FILE.exists() and FILE.read_text() == sdl():
        print("schema: graphql/schema.graphql is current")
        return 0
    print("schema: graphql/schema.graphql is not what the code says; run: make schema", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
