"""What each channel sends in its provider's documented shape, and what it makes of each documented answer."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alerts.channels import apprise as apprise_kind
from alerts.channels.base import Address, Callback, Channel, DeliveryError, Link, Message, Note
from alerts.channels.http import LONGEST_WAIT, post_json
from alerts.channels.phone import twiml
from alerts.channels.phone.signature import is_signed, signature
from alerts.channels.wiring import KINDS, channel
from kit.errors import Invalid
from kit.settings import Settings, load
from kit.signing import check_body
from tests.mentions.sources.outside import Answer, outside
from tests.provider import Asked, Provider, Reply, twilio

NOW = datetime(2026, 3, 10, 2, 10, tzinfo=UTC)
HOSTILE = '<!channel> @all [x](https://evil.test) *b* `c` & "q" </script>'
MESSAGE = Message(
    language="en",
    name="Ada",
    level="red",
    subject="RED Almadía: ×7.3 negative mentions",
    headline="Almadía: ×7.3 negative mentions",
    facts=(("Observed", "44 in 12 min"), ("About", HOSTILE)),
    quotes_label="What people write",
    quotes=(HOSTILE,),
    acknowledge=Link("Acknowledge: I have it", "https://t.test/ack/abc"),
    escalate=Link("Wake the next person", "https://t.test/ack/abc/escalate"),
    dismiss=Link("Not a crisis …", "https://t.test/ack/abc?no-crisis"),
    alert=Link("See the alert", "https://t.test/alerts/1"),
    callback=Callback("https://t.test/mattermost", "abc"),
    footer="f",
    written_at=NOW,
    more_label="and 27 more alerts",
    more=("another one",),
    reply="Reply 1 to take it.",
    press="Press 1.",
    receipt_token="tok.en",
)
NOTE = Note("en", "Ada", "Your code", "123456 is your code", Link("My settings", "https://t.test/me"), NOW)
BROWSER = ec.generate_private_key(ec.SECP256R1())
AUTH = b"0123456789abcdef"


def settings(tmp_path: Path, phone: str | None = None) -> Settings:
    env = {
        "TOCSIN_HOME": str(tmp_path),
        "TOCSIN_SECRET": "a secret that only the tests have seen",
        "TOCSIN_PUBLIC_URL": "https://t.test",
        "TOCSIN_PHONE_FROM": "+34910000000",
    }
    return load(env | ({"TOCSIN_PHONE_URL": phone} if phone else {}))


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def address(name: str, provider: Provider) -> Address:
    point = BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    values = {
        "web_push": {"endpoint": f"{provider.url}/push/1", "p256dh": b64(point), "auth": b64(AUTH)},
        "webhook": {"url": f"{provider.url}/hook", "secret": "sixteen characters"},
        "sms": {"number": "+34600000001"},
        "voice": {"number": "+34600000001"},
        "apprise": {"url": provider.url.replace("http", "json") + "/a"},
    }
    return Address(values.get(name, {"url": f"{provider.url}/hook"}), may_be_inside=True)


def the(name: str, tmp_path: Path, provider: Provider) -> Channel:
    return channel(name, settings(tmp_path, provider.phone_url), lambda: NOW)


async def sent(name: str, tmp_path: Path, message: Message = MESSAGE) -> Asked:
    """The one request of a page by this channel."""
    async with Provider(twilio if name in {"sms", "voice"} else None) as provider:
        await the(name, tmp_path, provider).send(message, address=address(name, provider), key="k1")
        return provider.take()


async def test_slack_gets_blocks_with_buttons_that_open_links(tmp_path: Path) -> None:
    told = (await sent("slack", tmp_path)).json
    assert set(told) == {"text", "blocks"}
    header, section, actions = told["blocks"]
    assert header == {"type": "header", "text": {"type": "plain_text", "text": MESSAGE.subject}}
    assert [one["url"] for one in actions["elements"]] == [
        "https://t.test/ack/abc",
        "https://t.test/alerts/1",
    ]
    text = section["text"]["text"]
    assert "<" not in text
    assert "&lt;!channel&gt;" in text, "what the public writes wakes no channel"
    assert "and 27 more alerts" in text


async def test_mattermost_gets_links_buttons_and_no_mentions(tmp_path: Path) -> None:
    told = (await sent("mattermost", tmp_path)).json
    [attachment] = told["attachments"]
    assert "(https://t.test/ack/abc)" in attachment["text"]
    assert "@all" not in attachment["text"]
    assert "](https://evil.test)" not in attachment["text"]
    assert len(attachment["text"]) < 4000
    context = {"token": "abc", "subject": MESSAGE.subject, "language": "en"}
    assert attachment["actions"] == [
        {
            "id": answer,
            "type": "button",
            "name": name,
            "style": style,
            "integration": {"url": "https://t.test/mattermost", "context": {"answer": answer, **context}},
        }
        for answer, name, style in (
            ("acknowledge", "Acknowledge: I have it", "primary"),
            ("escalate", "Wake the next person", "default"),
        )
    ]


async def test_teams_gets_an_adaptive_card(tmp_path: Path) -> None:
    told = (await sent("teams", tmp_path)).json
    [attachment] = told["attachments"]
    assert told["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert {one["type"] for one in card["actions"]} == {"Action.OpenUrl"}
    assert all("](https://evil.test)" not in block["text"] for block in card["body"])


@pytest.mark.parametrize(
    ("language", "shape"), [("en", "“Tarde”"), ("ca", "«Tarde»"), ("fr", "«\u202fTarde\u202f»")]
)
async def test_what_people_write_is_quoted_as_the_reader_quotes(
    tmp_path: Path, language: str, shape: str
) -> None:
    message = replace(MESSAGE, language=language, quotes=("Tarde",))
    card = (await sent("teams", tmp_path, message)).json["attachments"][0]["content"]
    assert shape in [block["text"] for block in card["body"]]
    assert shape in (await sent("apprise", tmp_path, message)).json["message"].splitlines()


async def test_a_webhook_is_signed_as_we_ask_others_to_sign(tmp_path: Path) -> None:
    asked = await sent("webhook", tmp_path)
    check_body(
        "sixteen characters",
        timestamp=asked.headers["x-tocsin-timestamp"],
        signature=asked.headers["x-tocsin-signature"],
        body=asked.body,
        now=NOW,
    )
    assert asked.headers["x-tocsin-delivery"] == "k1"
    assert asked.json["acknowledge_url"] == "https://t.test/ack/abc"
    assert asked.json["quotes"] == [HOSTILE]


async def test_a_push_is_encrypted_for_the_browser_and_signed_for_its_service(tmp_path: Path) -> None:
    asked = await sent("web_push", tmp_path)
    plain = http_ece.decrypt(asked.body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
    told = json.loads(plain)
    assert told["acknowledge"] == "https://t.test/ack/abc"
    assert (asked.headers["content-encoding"], asked.headers["urgency"]) == ("aes128gcm", "high")
    assert int(asked.headers["ttl"]) > 0
    assert len(asked.headers["topic"]) == 32
    scheme, _, rest = asked.headers["authorization"].partition(" ")
    token = rest.split(",")[0].removeprefix("t=")
    body = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert scheme == "vapid"
    assert claims["aud"].startswith("http://127.0.0.1:")
    assert claims["sub"] == "mailto:tocsin@localhost"
    assert len(asked.body) < 4096


async def test_a_push_of_many_bytes_goes_into_one_message(tmp_path: Path) -> None:
    long = replace(MESSAGE, subject="🔥" * 160, facts=(("About", "🔥" * 800),))
    asked = await sent("web_push", tmp_path, long)
    plain = http_ece.decrypt(asked.body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
    told = json.loads(plain)
    assert told["body"].endswith("…")
    assert (told["title"], told["escalate"]) == (long.subject, "https://t.test/ack/abc/escalate")
    assert 3900 < len(asked.body) <= 4096


async def test_a_text_message_holds_the_link_and_what_a_reply_does(tmp_path: Path) -> None:
    form = (await sent("sms", tmp_path)).form
    assert (form["To"], form["From"]) == ("+34600000001", "+34910000000")
    assert form["Body"].splitlines() == [
        MESSAGE.subject, "and 27 more alerts", "Reply 1 to take it.", "https://t.test/ack/abc",
    ]  # fmt: skip
    assert form["StatusCallback"] == "https://t.test/phone/status/tok.en"


async def test_a_call_asks_us_what_to_say(tmp_path: Path) -> None:
    form = (await sent("voice", tmp_path)).form
    assert form["Url"] == "https://t.test/phone/voice/tok.en"
    assert "Body" not in form


async def test_apprise_carries_what_it_can(tmp_path: Path) -> None:
    told = (await sent("apprise", tmp_path)).json
    assert told["title"] == MESSAGE.subject
    assert "https://t.test/ack/abc" in told["message"]


@pytest.mark.parametrize("name", [name for name in KINDS if name != "mail"])
async def test_every_channel_tells_notes(tmp_path: Path, name: str) -> None:
    async with Provider(twilio if name in {"sms", "voice"} else None) as provider:
        await the(name, tmp_path, provider).tell(NOTE, address=address(name, provider), key="n1")
        body = provider.take().body
    if name == "web_push":
        body = http_ece.decrypt(body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
    assert b"123456" in body.replace(b"+", b"")


HOOKS = ["slack", "mattermost", "teams", "webhook", "web_push"]


@pytest.mark.parametrize("name", HOOKS)
@pytest.mark.parametrize(
    ("reply", "permanent", "dead", "wait"),
    [
        (Reply(429, "slow down", {"Retry-After": "7"}), False, False, 7),
        (Reply(503, "", {"Retry-After": "Tue, 10 Mar 2026 02:10:30 GMT"}), False, False, None),
        (Reply(503, "", {"Retry-After": "99999999"}), False, False, LONGEST_WAIT),
        (Reply(500, "x" * 100_000), False, False, None),
        (Reply(410, "gone"), True, True, None),
        (Reply(404, "no_service"), True, True, None),
        (Reply(400, "invalid_blocks"), True, False, None),
        (Reply(302, "", {"Location": "http://127.0.0.1:1/"}), True, False, None),
    ],
)
async def test_answers_tell_what_may_work_later_from_what_never_will(
    tmp_path: Path, name: str, reply: Reply, permanent: bool, dead: bool, wait: float | None
) -> None:
    async with Provider(reply) as provider:
        with pytest.raises(DeliveryError) as caught:
            await the(name, tmp_path, provider).send(MESSAGE, address=address(name, provider), key="k")
    assert (caught.value.permanent, caught.value.dead) == (permanent, dead)
    if wait is not None:
        assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    ("status", "code", "permanent", "dead"),
    [
        (400, 21211, True, True),  # not a number
        (400, 21610, True, True),  # its owner said STOP
        (400, 21408, True, False),  # no permission for that country
        (401, 20003, True, False),  # our own credentials
        (429, 20429, False, False),
        (500, None, False, False),
        (404, None, True, False),
    ],
)
async def test_error_codes_of_the_phone_provider(
    tmp_path: Path, status: int, code: int | None, permanent: bool, dead: bool
) -> None:
    body = json.dumps({"code": code, "message": "words", "status": status}) if code else "<html>"
    async with Provider(Reply(status, body)) as provider:
        with pytest.raises(DeliveryError) as caught:
            await the("sms", tmp_path, provider).send(MESSAGE, address=address("sms", provider), key="k")
    assert (caught.value.permanent, caught.value.dead) == (permanent, dead)


@pytest.mark.parametrize("name", [*HOOKS, "sms", "apprise"])
async def test_a_provider_that_is_away_may_be_back_later(tmp_path: Path, name: str) -> None:
    async with Provider() as provider:
        pass
    with pytest.raises(DeliveryError) as caught:
        await the(name, tmp_path, provider).send(MESSAGE, address=address(name, provider), key="k")
    assert not caught.value.permanent


@pytest.mark.parametrize("name", [*HOOKS, "sms"])
async def test_a_provider_that_does_not_answer_is_given_up(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.channels.http.TIMEOUT", 0.1)
    async with Provider() as provider:
        provider.delay = 1
        with pytest.raises(DeliveryError, match="did not answer in time") as caught:
            await the(name, tmp_path, provider).send(MESSAGE, address=address(name, provider), key="k")
        provider.take()
    assert not caught.value.permanent


async def test_an_answer_that_comes_packed_is_not_unpacked() -> None:
    """30 KB of it would be 30 MB at once."""
    bomb = gzip.compress(b" " * 30_000_000, 1)
    async with outside() as server:
        server.on("/hook", Answer(200, (bomb,), {"content-encoding": "gzip"}))
        tracemalloc.start()
        try:
            where = Address({"url": f"{server.url}/hook"}, may_be_inside=True)
            answer = await post_json({}, where)
            assert tracemalloc.get_traced_memory()[1] < 5_000_000
        finally:
            tracemalloc.stop()
    assert answer.body == bomb[:64_000]
    assert server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("name", HOOKS)
async def test_nobody_but_an_admin_names_a_machine_of_the_inner_network(tmp_path: Path, name: str) -> None:
    async with Provider() as provider:
        outside = replace(address(name, provider), may_be_inside=False)
        with pytest.raises(DeliveryError, match="inner network"):
            await the(name, tmp_path, provider).send(MESSAGE, address=outside, key="k")
        assert provider.attempts == 0


@pytest.mark.parametrize(
    "url",
    [
        "json://{host}/a",
        "json:///{host}/a?method=PUT",
        "ntfy://{host}/topic",
        "ntfys://{host}/topic",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=http://{host}/x",
        "tgram://123456789:abcdefg_hijklmnop/1/?Template=/etc/hostname",
        "mailto://u:p@example.org?smtp={host}",
    ],
)
async def test_nobody_but_an_admin_names_a_server_to_apprise(tmp_path: Path, url: str) -> None:
    async with Provider() as provider:
        named = Address({"url": url.format(host=provider.url.removeprefix("http://"))}, may_be_inside=False)
        with pytest.raises(DeliveryError) as caught:
            await channel("apprise", settings(tmp_path), lambda: NOW).send(MESSAGE, address=named, key="k")
        assert caught.value.permanent
        assert provider.attempts == 0


def test_a_service_with_servers_of_its_own_is_everybodys() -> None:
    url = "tgram://123456789:abcdefg_hijklmnop/1/?silent=yes"
    service = apprise_kind._service(url)
    assert service is not None
    apprise_kind._refuse_servers(url, service)
    cloud = apprise_kind._service("ntfys://my-topic")
    assert cloud is not None
    apprise_kind._refuse_servers("ntfys://my-topic", cloud)


@pytest.mark.parametrize("option", ["template=/x", "?KeyFile=/x", "a=b&%74emplate=http://127.0.0.1/"])
def test_no_address_makes_apprise_read_a_file(option: str) -> None:
    with pytest.raises(Invalid):
        apprise_kind.KIND.check({"url": f"tgram://123456789:abcdefg_hijklmnop/1/?{option}"})


async def test_without_a_phone_provider_it_says_which_setting_is_missing(tmp_path: Path) -> None:
    sms = channel("sms", settings(tmp_path), lambda: NOW)
    with pytest.raises(DeliveryError, match="TOCSIN_PHONE_URL is not set") as caught:
        await sms.send(MESSAGE, address=Address({"number": "+34600000001"}), key="k")
    assert not caught.value.dead


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("sms", {"number": "600"}, "number"),
        ("sms", {}, "number"),
        ("sms", {"number": "+34600000001;rm"}, "number"),
        ("mail", {"address": "nobody"}, "address"),
        ("mail", {"address": "a@b\r\nBcc: c@d"}, "address"),
        ("slack", {"url": "ftp://x/y"}, "url"),
        ("slack", {"url": "https://user:pass@x/y"}, "url"),
        ("slack", {"url": "https://x/" + "y" * 3000}, "url"),
        ("slack", {"url": "https://[::1/"}, "url"),
        ("webhook", {"url": "https://x/y", "secret": "short"}, "secret"),
        ("web_push", {"endpoint": "https://x/y", "p256dh": "AAAA", "auth": "AAAA"}, "p256dh"),
        ("apprise", {"url": "syslog://"}, "url"),
        ("apprise", {"url": "nonsense"}, "url"),
    ],
)
def test_what_cannot_be_an_address_is_refused_by_name(name: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        KINDS[name].check(values)
    assert caught.value.field == field


def test_numbers_are_tidied() -> None:
    assert KINDS["sms"].check({"number": " 0034 (600) 000-001 "}) == {"number": "+34600000001"}


def test_the_example_of_the_providers_documentation_is_signed_right() -> None:
    """https://www.twilio.com/docs/usage/security#validating-requests"""
    form = {
        "Digits": "1234", "To": "+18005551212", "From": "+12349013030", "Caller": "+12349013030",
        "CallSid": "CA1234567890ABCDE",
    }  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, form.items()) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
    assert not is_signed("12345", url + "3", form.items(), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")
    assert not is_signed("12345", url, form.items(), None)


def test_what_a_call_says_cannot_become_an_order() -> None:
    told = twiml.ask_for_key('</Say><Dial>+1</Dial>"', "Press 1", language="ca", action='https://t.test/"x')
    root = ElementTree.fromstring(told.encode())
    assert {element.tag for element in root.iter()} == {"Response", "Gather", "Say", "Hangup"}
