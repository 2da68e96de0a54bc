"""Every form of the pages, as a table."""

from __future__ import annotations

from typing import Any

from web.fields import (
    Form,
    Read,
    chosen,
    decimal,
    flag,
    local_time,
    optional,
    optional_local_time,
    part,
    prefixed,
    secret,
    text,
    whole,
)
from web.forms import Action
from web.pages import (
    alert_sources,
    alerts,
    backtest,
    campaigns,
    cases,
    departments,
    desk,
    detector,
    imports,
    inbox,
    incidents,
    me,
    mentions,
    monitors,
    notable,
    opportunities,
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
from web.visit import Audience, Visit

ROOM = "/incidents/{number}"
ROTA = "/rota/{schedule}"
DESK = Audience.SIGNED_IN


def _incident(name: str, operation: str, **variables: Read) -> Action:
    return Action(f"{ROOM}/{name}", operation, war_room.show, ROOM, {"incident": part("number"), **variables})


def _step(name: str, operation: str, audience: Audience = Audience.HOUSE, **variables: Read) -> Action:
    key = "stepId" if operation.endswith("Statement") else "id"
    path = "/steps/{step}"
    return Action(f"{path}/{name}", operation, desk.step, path, {key: part("step"), **variables}, audience)


def _response(name: str, operation: str, **variables: Read) -> Action:
    path = f"{ROOM}/responses/{{response}}/{name}"
    return Action(path, operation, war_room.show, ROOM, {"id": part("response"), **variables})


def _review(name: str, operation: str, **variables: Read) -> Action:
    then = f"{ROOM}/review"
    return Action(f"{then}/{name}", operation, review.show, then, variables)


def _case(name: str, operation: str, **variables: Read) -> Action:
    path = "/cases/{case}"
    return Action(f"{path}/{name}", operation, cases.show, path, {"id": part("case"), **variables})


def _rota(name: str, operation: str, /, **variables: Read) -> Action:
    own: dict[str, Read] = {"schedule": part("schedule"), "note": text("note")}
    return Action(f"{ROTA}/{name}", operation, rota.one, ROTA, {**own, **variables})


def _agreed(name: str, operation: str, of: str) -> Action:
    return Action(f"/rota/{name}", operation, rota.show, "/rota", {"id": part(of)})


def _mine(name: str, operation: str, /, **variables: Read) -> Action:
    return Action(f"/rota/{name}", operation, rota.mine, "/rota/me", variables)


def _edited(name: str, operation: str, /, **variables: Read) -> Action:
    then = f"{ROTA}/edit"
    return Action(f"{ROTA}/{name}", operation, rota.edit, then, {**variables, "version": whole("version")})


def _said(name: str, operation: str, /, **variables: Read) -> Action:
    path = "/monitors/{monitor}"
    return Action(f"{path}/{name}", operation, backtest.record, f"{path}/record", variables)


def _changes(_: Visit, form: Form) -> dict[str, Any]:
    """The proposal's new values; the domain leaves out those that say what the step says already."""
    return {
        "title": text("title")(_, form),
        "body": text("body")(_, form),
        "owner": text("owner")(_, form),
        "dueMinutes": whole("dueMinutes")(_, form),
        "needsApproval": "needsApproval" in form,
    }


def _pages(_: Visit, form: Form) -> bool | None:
    """Whether a monitor's alerts wake people; None: as is usual for its type."""
    return {"yes": True, "no": False}.get(form.get("pages", ""))


def _seen(_: Visit, form: Form) -> str | None:
    """The query that the person had before them, as it was sent: line breaks come back as CR LF."""
    return form["seen"].replace("\r\n", "\n") if "seen" in form else None


MONITOR: dict[str, Read] = {
    "name": text("name"),
    "query": lambda visit, form: text("query")(visit, form).replace("\r\n", "\n"),
    "type": text("type"),
    "pages": _pages,
}


def _department(name: str, operation: str, **variables: Read) -> Action:
    path = "/departments/{department}"
    return Action(f"{path}/{name}", operation, departments.show, path, {"id": text("id"), **variables})


def _person(name: str, operation: str, **variables: Read) -> Action:
    path = "/people/{person}"
    own: dict[str, Read] = {"id": part("person"), "version": whole("version"), **variables}
    return Action(f"{path}/{name}", operation, people.show, path, own)


def _opportunity(name: str, operation: str, **variables: Read) -> Action:
    here = "/opportunities"
    own: dict[str, Read] = {"id": part("opportunity"), **variables}
    return Action(f"{here}/{{opportunity}}/{name}", operation, opportunities.show, here, own)


RULES: dict[str, Read] = {"version": whole("version")}
RULE: dict[str, Read] = {**RULES, "id": part("rule")}

POLICY: dict[str, Read] = {"policy": part("policy"), "version": whole("version")}
LEVEL = "/policies/{policy}/levels/{position}"

ACTIONS = [
    Action(
        "/departments/new",
        "AddDepartment",
        departments.show_all,
        "/departments/{slug}",
        {"department": departments.wish, "slug": optional("slug")},
    ),
    _department("edit", "EditDepartment", version=whole("version"), department=departments.wish),
    _department("archive", "ArchiveDepartment", version=whole("version"), successorId=optional("successor")),
    _department("bring-back", "BringBackDepartment", version=whole("version")),
    _department("join", "JoinDepartment", memberId=text("member")),
    _department("leave", "LeaveDepartment", memberId=text("member")),
    Action(
        "/departments/{department}/digests",
        "ChooseDepartmentDigest",
        departments.show,
        "/departments/{department}",
        {"departmentId": text("id"), "cadence": text("cadence"), "enabled": flag("enabled")},
    ),
    _person("edit", "EditPerson", person=people.wish, moves=flag("moves")),
    _person("deactivate", "DeactivatePerson"),
    _person("reactivate", "ReactivatePerson"),
    _opportunity("take", "TakeOpportunity"),
    _opportunity("decide", "DecideOpportunity", decision=text("decision"), reason=text("reason")),
    _opportunity("conclude", "ConcludeOpportunity", outcome=text("outcome")),
    Action(
        "/routes/new/save",
        "SaveRoutingRule",
        routing.new,
        "/routes",
        {**RULES, "rule": routing.draft},
    ),
    Action(
        "/routes/{rule}/save",
        "SaveRoutingRule",
        routing.one,
        "/routes",
        {**RULE, "rule": routing.draft},
    ),
    Action("/routes/{rule}/move", "MoveRoutingRule", routing.show, "/routes", {**RULE, "up": flag("up")}),
    Action("/routes/{rule}/remove", "RemoveRoutingRule", routing.show, "/routes", RULE),
    Action(
        "/policies/new",
        "CreatePolicy",
        policies.show,
        "/policies",
        {"name": text("name"), "brand": optional("brand")},
    ),
    Action(
        "/policies/{policy}",
        "EditPolicy",
        policies.show,
        "/policies",
        {
            "id": part("policy"),
            "version": whole("version"),
            "name": text("name"),
            "repeats": whole("repeats"),
            "quietMinutes": whole("quietMinutes"),
        },
    ),
    Action(
        LEVEL,
        "SavePolicyLevel",
        policies.show,
        "/policies",
        {**POLICY, "position": policies.position, "level": policies.level},
    ),
    Action(
        f"{LEVEL}/remove",
        "RemovePolicyLevel",
        policies.show,
        "/policies",
        {**POLICY, "position": policies.position},
    ),
    Action(
        "/monitors/new/save",
        "CreateMonitor",
        monitors.new,
        "/monitors/{id}",
        {**MONITOR, "brandId": text("brand")},
    ),
    Action(
        "/monitors/{monitor}/save",
        "EditMonitor",
        monitors.show,
        "/monitors/{monitor}",
        {**MONITOR, "id": part("monitor"), "seen": _seen, "countPast": flag("countPast")},
    ),
    Action(
        "/monitors/{monitor}/switch",
        "SwitchMonitor",
        monitors.show,
        "/monitors/{monitor}",
        {"id": part("monitor"), "enabled": lambda _, form: form.get("enabled") == "yes"},
    ),
    Action(
        "/brands/{brand}/voices",
        "SetNotable",
        notable.show,
        "/brands/{brand}/voices?saved",
        {"brandId": part("brand"), "names": notable.names, "followers": notable.followers},
    ),
    Action(
        "/monitors/{monitor}/detector",
        "SetDetector",
        monitors.show,
        "/monitors/{monitor}",
        {
            "monitorId": part("monitor"),
            "preset": text("preset"),
            "seen": whole("version"),
            "numbers": detector.numbers,
            "persistMinutes": detector.minutes("persistMinutes"),
            "alarmsAWeek": decimal("alarmsAWeek"),
        },
    ),
    Action(
        "/monitors/{monitor}/holidays",
        "SetHolidays",
        monitors.show,
        "/monitors/{monitor}",
        {"monitorId": part("monitor"), "seen": whole("version"), "regions": campaigns.own_regions},
    ),
    Action(
        "/campaigns",
        "AnnounceCampaign",
        campaigns.show,
        "/campaigns",
        {"brandId": campaigns.place("brand"), "input": campaigns.wish},
    ),
    Action(
        "/campaigns/import",
        "ImportCampaigns",
        campaigns.show,
        "/campaigns?added={added}&changed={changed}&takenBack={takenBack}&same={same}",
        {
            "brandId": campaigns.place("brand"),
            "monitorId": campaigns.place("monitor"),
            "text": secret("file"),
            "lift": campaigns.lift,
            "kind": campaigns.kind,
        },
        files=1,
        kept=False,
    ),
    Action(
        "/campaigns/clocks/{brand}",
        "SetBrandClock",
        campaigns.show,
        "/campaigns",
        {"brandId": part("brand"), "timeZone": text("timeZone"), "holidays": campaigns.regions},
    ),
    Action(
        "/campaigns/{campaign}",
        "ChangeCampaign",
        campaigns.one,
        "/campaigns",
        {"id": part("campaign"), "version": whole("version"), "input": campaigns.wish},
    ),
    Action(
        "/campaigns/{campaign}/take-back",
        "TakeBackCampaign",
        campaigns.one,
        "/campaigns",
        {"id": part("campaign"), "version": whole("version")},
    ),
    Action(
        "/alerts/{alert}/mark",
        "MarkNoCrisis",
        alerts.show,
        "/alerts/{alert}",
        {"alertId": part("alert"), "note": text("note")},
    ),
    _said("missed", "MarkMissed", monitorId=part("monitor"), at=local_time("at"), note=text("note")),
    _said("marks/{mark}/take-back", "TakeBackMark", id=part("mark")),
    _said("proposals/{proposal}/accept", "DecideProposal", id=part("proposal"), accept=lambda *_: True),
    _said("proposals/{proposal}/decline", "DecideProposal", id=part("proposal"), accept=lambda *_: False),
    Action(
        "/monitors/{monitor}/propose",
        "ProposeSetting",
        backtest.record,
        "/monitors/{monitor}/record?found={found}",
        {"monitorId": part("monitor")},
    ),
    Action(
        "/alerts/{alert}/acknowledge",
        "AcknowledgeAlert",
        alerts.show,
        "/alerts/{alert}",
        {"id": part("alert")},
    ),
    Action(
        "/incidents",
        "DeclareIncident",
        incidents.show,
        "/incidents/{number}",
        {
            "brandId": text("brand"),
            "title": text("title"),
            "type": text("type"),
            "severity": text("severity"),
            "drill": flag("drill"),
        },
    ),
    Action(
        "/mentions",
        "RegisterMention",
        registering.show,
        "/mentions/new?registered={key}",
        {
            "brandId": text("brand"),
            "kind": text("kind"),
            "text": text("text"),
            "author": optional("author"),
            "place": optional("place"),
            "heardAt": optional_local_time("heardAt"),
            "url": optional("url"),
            "lang": optional("lang"),
            "key": text("key"),
        },
    ),
    Action(
        "/mentions/{mention}/raise",
        "RaiseMention",
        mentions.show,
        "/cases/{id}",
        {
            "mentionId": part("mention"),
            "label": text("label"),
            "departmentId": optional("department"),
            "note": text("note"),
        },
    ),
    Action(
        "/mentions/{mention}/label",
        "CorrectLabel",
        mentions.show,
        "/mentions",
        {"mentionId": part("mention"), "label": text("label")},
    ),
    Action(
        "/mentions/{mention}/sentiment",
        "CorrectSentiment",
        mentions.show,
        "/mentions",
        {"mentionId": part("mention"), "sentiment": text("sentiment")},
    ),
    _case("claim", "ClaimCase"),
    _case("take-over", "TakeOverCase", owner=text("owner"), reason=text("reason")),
    _case("release", "ReleaseCase"),
    _case("answer", "AnswerCase", reply=text("reply"), url=optional("url")),
    _case("hand-over", "HandOverCase", departmentId=text("department"), note=text("note")),
    _case("decide", "DecideCase", decision=text("decision")),
    _case("due", "SetCaseDue", dueAt=local_time("due")),
    _case("close", "CloseCase", outcome=text("outcome")),
    Action(
        "/inbox/{department}/close-theme",
        "CloseTheme",
        inbox.show,
        "/inbox/{department}",
        {"departmentId": text("department"), "theme": text("theme"), "outcome": text("outcome")},
    ),
    Action(
        "/me/digests/{cadence}",
        "ChooseDigest",
        me.show,
        "/me",
        {
            "cadence": part("cadence"),
            "enabled": flag("enabled"),
            "hour": whole("hour"),
            "brandIds": chosen("brand"),
        },
    ),
    Action("/me/contacts/{contact}/remove", "RemoveContact", me.show, "/me", {"id": part("contact")}),
    Action("/me/contacts/{contact}/test", "TestContact", me.show, "/me", {"id": part("contact")}),
    Action(
        "/me/contacts/{contact}/verify",
        "VerifyContact",
        me.show,
        "/me",
        {"id": part("contact"), "code": text("code")},
    ),
    Action(
        "/me/contacts/{channel}",
        "AddContact",
        me.show,
        "/me",
        {"channel": part("channel"), "values": me.values},
    ),
    Action("/me/tokens/{token}/revoke", "RevokeToken", tokens.show, "/me/tokens", {"id": part("token")}),
    Action("/me/rules", "SetContactRules", me.show, "/me", {"rules": me.rules}),
    Action(
        "/me/reading",
        "ChooseReading",
        me.show,
        "/me",
        {"language": text("language"), "timeZone": text("timeZone")},
        Audience.SIGNED_IN,
    ),
    Action(
        "/me/password",
        "ChangePassword",
        me.show,
        "/me",
        {"current": secret("current"), "new": secret("new")},
        Audience.SIGNED_IN,
        kept=False,
    ),
    Action(
        "/me/quiet-hours",
        "SetQuietHours",
        me.show,
        "/me",
        {"starts": optional("starts"), "ends": optional("ends")},
    ),
    Action(
        "/alerts/{alert}/escalate", "EscalateAlert", alerts.show, "/alerts/{alert}", {"id": part("alert")}
    ),
    Action(
        "/alerts/{alert}/no-crisis",
        "DismissAlert",
        alerts.show,
        "/alerts/{alert}",
        {"id": part("alert"), "reason": text("reason")},
    ),
    _incident("confidential", "SetConfidential", confidential=flag("confidential")),
    _incident("severity", "SetSeverity", severity=text("severity"), reason=text("reason")),
    _incident("briefing", "SetBriefing", text=text("text")),
    _incident("lead", "AssignLead", memberId=text("member")),
    _incident("join", "JoinIncident"),
    _incident("notes", "AddNote", text=text("text")),
    Action(
        f"{ROOM}/resolve",
        "ResolveIncident",
        war_room.show,
        f"{ROOM}/review",
        {"incident": part("number"), "summary": text("summary")},
    ),
    _step("complete", "CompleteStep", DESK, note=optional("note")),
    _step("skip", "SkipStep", reason=text("reason")),
    _step("approve", "ApproveStep"),
    _step("return", "ReturnStep", reason=text("reason")),
    _step(
        "reassign",
        "ReassignStep",
        memberId=prefixed("owner", "member"),
        organisationId=prefixed("owner", "organisation"),
    ),
    _step("ask", "AskOnStep", DESK, text=text("text")),
    _step("questions/{question}/answer", "AnswerOnStep", questionId=part("question"), text=text("text")),
    _step("statement", "DraftStatement", DESK, text=text("text"), version=whole("version")),
    _step("submit", "SubmitStatement", DESK),
    _response("approve", "ApproveResponse", version=whole("version")),
    _response("return", "ReturnResponse", reason=text("reason")),
    _response("publish", "PublishResponse", url=optional("url")),
    _review("summary", "SetReviewSummary", reviewId=text("review"), summary=text("summary")),
    _review("lessons", "AddLesson", reviewId=text("review"), kind=text("kind"), text=text("text")),
    _review("close", "CloseReview", reviewId=text("review")),
    _review(
        "lessons/{lesson}/proposal",
        "ProposeChange",
        lessonId=part("lesson"),
        runbook=text("runbook"),
        stepKey=text("step"),
        changes=_changes,
    ),
    _review("proposals/{proposal}/accept", "AcceptProposal", id=part("proposal")),
    _review("proposals/{proposal}/reject", "RejectProposal", id=part("proposal"), reason=text("reason")),
    Action(
        "/privacy/erase",
        "EraseAuthor",
        privacy.show,
        "/privacy?mentions={mentions}&corrections={corrections}&alerts={alerts}&digests={digests}",
        {"author": text("author")},
    ),
    Action(
        "/imports/{job}/drop",
        "DropImport",
        imports.one,
        "/imports",
        {"id": part("job")},
    ),
    *(
        Action(
            f"/imports/{{job}}/{name}",
            "SettleImport",
            imports.one,
            "/imports/{job}",
            {"id": part("job"), "input": imports.wanted, "begin": lambda *_, begin=begin: begin},
        )
        for name, begin in (("settle", False), ("begin", True))
    ),
    Action(
        "/sources/{id}/edit",
        "EditSource",
        sources.one,
        "/sources/{id}",
        {"id": part("id"), "input": sources.wanted},
    ),
    Action(
        "/alert-sources/{id}/edit",
        "EditAlertSource",
        alert_sources.one,
        "/alert-sources/{id}",
        {"id": part("id"), "input": alert_sources.wanted},
    ),
    Action(
        "/alert-sources/{id}/switch",
        "SwitchAlertSource",
        alert_sources.one,
        "/alert-sources/{id}",
        {"id": part("id"), "enabled": flag("enabled")},
    ),
    Action(
        "/sources/{id}/switch",
        "SwitchSource",
        sources.one,
        "/sources/{id}",
        {"id": part("id"), "enabled": flag("enabled")},
    ),
    _rota(
        "overrides",
        "MakeOverride",
        memberId=optional("member"),
        insteadOf=optional("insteadOf"),
        kind=rota.kind_of_override,
        startsAt=local_time("startsAt"),
        endsAt=local_time("endsAt"),
    ),
    _rota(
        "swaps",
        "ProposeSwap",
        otherId=text("other"),
        givesFrom=local_time("givesFrom"),
        givesUntil=local_time("givesUntil"),
        takesFrom=optional_local_time("takesFrom"),
        takesUntil=optional_local_time("takesUntil"),
    ),
    _rota("covers", "AskForCover", startsAt=local_time("startsAt"), endsAt=local_time("endsAt")),
    Action(f"{ROTA}/feed", "MakeFeed", rota.one, "/rota/me", {"schedule": part("schedule")}),
    _agreed("swaps/{swap}/accept", "AcceptSwap", "swap"),
    _agreed("swaps/{swap}/decline", "DeclineSwap", "swap"),
    _agreed("swaps/{swap}/withdraw", "WithdrawSwap", "swap"),
    _agreed("swaps/{swap}/undo", "UndoSwap", "swap"),
    _agreed("covers/{cover}/take", "TakeCover", "cover"),
    _agreed("covers/{cover}/withdraw", "WithdrawCover", "cover"),
    _agreed("covers/{cover}/undo", "UndoCover", "cover"),
    _agreed("overrides/{override}/remove", "RemoveOverride", "override"),
    _mine(
        "holidays",
        "AddHoliday",
        memberId=optional("member"),
        firstDay=text("firstDay"),
        lastDay=text("lastDay"),
        note=text("note"),
    ),
    _mine("holidays/{holiday}/remove", "RemoveHoliday", id=part("holiday")),
    _mine("calendar", "SetAwayCalendar", url=text("url")),
    _mine("notice", "SetNoticeHours", hours=whole("hours")),
    _mine("feeds", "MakeFeed"),
    _mine("feeds/{feed}/revoke", "RevokeFeed", id=part("feed")),
    Action(
        "/rota/schedules",
        "CreateSchedule",
        rota.show,
        "/rota/{id}/edit",
        {"name": text("name"), "timeZone": text("timeZone")},
    ),
    _edited("edit", "EditSchedule", id=part("schedule"), name=text("name"), timeZone=text("timeZone")),
    _edited("layers", "SaveLayer", schedule=part("schedule"), layer=rota.layer),
    _edited(
        "layers/{layer}", "SaveLayer", schedule=part("schedule"), layerId=part("layer"), layer=rota.layer
    ),
    _edited("layers/{layer}/raise", "RaiseLayer", schedule=part("schedule"), layerId=part("layer")),
    _edited("layers/{layer}/remove", "RemoveLayer", schedule=part("schedule"), layerId=part("layer")),
]
