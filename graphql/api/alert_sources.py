"""Tools that send alerts: setting them up, and trying what they would send. For admins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from alerts.incoming import setting_up, source
from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.listening import Brand, brand
from api.shape import shape
from kit.errors import TocsinError


@strawberry.type(description="One of our fields and where it stands; or their word for a severity and ours.")
class Pair:
    name: str
    value: str


@strawberry.type(description="A tool that may send alerts to `POST /alerts/{name}`.")
class AlertSource:
    id: strawberry.ID
    name: str
    format: str = strawberry.field(
        description="own (our JSON), alertmanager (its webhook, version 4) or generic (by the field map)."
    )
    enabled: bool
    last_heard_at: datetime | None
    field_map: list[Pair]
    severities: list[Pair] = strawberry.field(description="Their word to amber, red or inform; * for others.")
    brand_id: strawberry.Private[int | None]

    @strawberry.field(description="Whose alerts they are where an alert names no brand of ours.")
    async def brand(self, info: Info) -> Brand | None:
        return await brand(info, self.brand_id) if self.brand_id is not None else None


@strawberry.type(description="What one alert of a sample would become.")
class TriedAlert:
    key: str
    title: str
    severity: str = strawberry.field(description="amber, red, or inform, which wakes nobody.")
    firing: bool = strawberry.field(description="False: it says that it is over.")
    text: str
    url: str
    brand_name: str | None = strawberry.field(description="Null: of no brand of ours; it would be refused.")


@strawberry.type
class AlertFault:
    index: int = strawberry.field(description="Its place in the payload, from 0.")
    field: str
    reason: str


@strawberry.type(description="What a payload would be read as. Nothing of it is stored.")
class AlertTrial:
    problem: str | None = strawberry.field(default=None, description="Why none of it can be read.")
    alerts: list[TriedAlert] = strawberry.field(default_factory=list)
    faults: list[AlertFault] = strawberry.field(default_factory=list)


@strawberry.input
class PairInput:
    name: str
    value: str


@strawberry.input
class AlertSourceInput:
    name: str
    format: str = "own"
    brand: strawberry.ID | None = None
    field_map: list[PairInput] = strawberry.field(default_factory=list)
    severities: list[PairInput] = strawberry.field(default_factory=list)

    def wanted(self) -> setting_up.Wanted:
        return setting_up.Wanted(
            name=self.name.strip(),
            format=self.format,
            brand_id=optional_number(self.brand, "brand"),
            field_map={one.name: one.value.strip() for one in self.field_map},
            severities={one.name.strip().lower(): one.value.strip() for one in self.severities},
        )


@strawberry.type(description="A source with what is told of it only now. Keep it, it is never shown again.")
class MadeAlertSource:
    id: strawberry.ID
    name: str
    secret: str
    path_token: str

    @classmethod
    def of(cls, made: setting_up.Made) -> MadeAlertSource:
        return shape(cls, made.source, secret=made.secret, path_token=made.path_token)


@strawberry.type
class ChangedAlertSource:
    id: strawberry.ID
    name: str


MadeOr = Annotated[MadeAlertSource | Problem, strawberry.union("MadeAlertSourceOrProblem")]
ChangedOr = Annotated[ChangedAlertSource | Problem, strawberry.union("ChangedAlertSourceOrProblem")]


def _shaped(row: source.AlertSource, heard: datetime | None) -> AlertSource:
    return shape(
        AlertSource,
        row,
        last_heard_at=heard,
        field_map=[Pair(name=name, value=str(value)) for name, value in row.field_map.items()],
        severities=[Pair(name=name, value=str(value)) for name, value in row.severities.items()],
    )


@strawberry.type
class AlertSourceQuery:
    @strawberry.field(description="The tools that may send alerts, by name. Admins only.")
    async def alert_sources(self, info: Info) -> list[AlertSource]:
        async with info.context.read(cost=2) as session:
            found = await setting_up.list_sources(session, info.context.administrator)
        return [_shaped(row, heard) for row, heard in found]

    @strawberry.field(description="Try a set-up on a payload as the tool would send it. Admins only.")
    async def try_alert_source(self, info: Info, input: AlertSourceInput, sample: str) -> AlertTrial:
        viewer = info.context.administrator
        async with info.context.read(cost=2) as session:
            try:
                tried = await setting_up.trial(session, viewer, input.wanted(), sample)
            except TocsinError as error:
                return AlertTrial(problem=error.message)
        return AlertTrial(
            alerts=[shape(TriedAlert, one, brand_name=name) for one, name in tried.alerts],
            faults=[shape(AlertFault, one) for one in tried.faults],
        )


@strawberry.type
class AlertSourceMutation:
    @change(
        description="A tool that may send alerts; its secret and token are in the answer, and nowhere else."
    )
    async def create_alert_source(self, info: Info, input: AlertSourceInput) -> MadeOr:
        async with info.context.change() as session:
            viewer = info.context.administrator
            made = await setting_up.create(session, viewer, input.wanted(), info.context.now)
        return MadeAlertSource.of(made)

    @change(description="Change all but its secrets; another name is another address to send to.")
    async def edit_alert_source(self, info: Info, id: strawberry.ID, input: AlertSourceInput) -> ChangedOr:
        key = number(id, "source")
        async with info.context.change() as session:
            viewer = info.context.administrator
            row = await setting_up.edit(session, viewer, key, input.wanted(), info.context.now)
        return shape(ChangedAlertSource, row)

    @change(description="Switch it on or off. Off, nothing is taken from it; what it has sent stays.")
    async def switch_alert_source(self, info: Info, id: strawberry.ID, enabled: bool) -> ChangedOr:
        key = number(id, "source")
        async with info.context.change() as session:
            viewer = info.context.administrator
            row = await setting_up.switch(session, viewer, key, enabled, info.context.now)
        return shape(ChangedAlertSource, row)

    @change(description="New secret and token; the old ones end within two seconds.")
    async def rotate_alert_source_secrets(self, info: Info, id: strawberry.ID) -> MadeOr:
        key = number(id, "source")
        async with info.context.change() as session:
            made = await setting_up.rotate(session, info.context.administrator, key, info.context.now)
        return MadeAlertSource.of(made)
