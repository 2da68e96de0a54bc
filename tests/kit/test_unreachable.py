"""Why a server cannot be reached: said by people's words, whatever library met it."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest

from alerts.channels.base import DeliveryError
from alerts.channels.mail.transport import Mail
from alerts.wording.phrases import PHRASES
from kit.languages import OTHERS
from kit.unreachable import known, why
from mentions.sources.troubles import TROUBLES


def certificate(code: int) -> ssl.SSLCertVerificationError:
    found = ssl.SSLCertVerificationError(1, "certificate verify failed")
    found.verify_code = code
    return found


def wrapped(inner: BaseException) -> Exception:
    """As httpx does: its own error, for httpcore's, for anyio's, for the system's."""
    try:
        try:
            try:
                raise inner
            except OSError as error:
                raise OSError("All connection attempts failed") from ExceptionGroup("tried", [error])
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
    except httpx.ConnectError as error:
        return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "the server's name is not known"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "the server's name cannot be looked up just now"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed"), "nobody answers at this address"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no way leads to the server from here"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no way leads to the server from here"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "the server cut it"),
        (TimeoutError(), "the server did not answer in time"),
        (certificate(10), "the server's certificate has expired"),
        (certificate(62), "the server's certificate is for another name"),
        (certificate(20), "the server's certificate is not valid"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "the server does not speak TLS as it should"),
    ],
)
def test_the_usual_ones_have_words_in_every_language(error: OSError, words: str) -> None:
    assert why(error) == why(wrapped(error)) == words
    for language in OTHERS:
        sentences = {
            TROUBLES.told(f"The connection failed: {words}.", language),
            PHRASES.told(f"The server cannot be reached: {words}", language),
            PHRASES.told(f"The mail server cannot be reached: {words}", language),
        }
        assert not [one for one in sentences if words in one]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "hung up without"),
        (aiosmtplib.SMTPServerDisconnected("Connection lost"), "the server cut it"),
        (httpx.ReadError(""), "it broke while the answer was read"),
        (aiosmtplib.SMTPException("The SMTP AUTH extension is not supported by this server."), "sign in on"),
        (aiosmtplib.SMTPNotSupported("SMTPUTF8 is not supported by this server"), "letters such as"),
    ],
)
def test_what_only_a_library_says_has_words_too(error: Exception, words: str) -> None:
    assert words in why(error)
    for language in OTHERS:
        assert why(error) not in PHRASES.told(f"The mail server cannot be reached: {why(error)}", language)


@pytest.mark.parametrize("said", [b"250-hello\r\n", b"HTTP/1.1 400 Bad Request\r\n", b""])
async def test_a_mail_server_that_is_none_is_told_in_our_words(said: bytes) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(DeliveryError) as refused:
            await Mail(url=url, sender="t@tocsin.test", host="tocsin.test").carry(EmailMessage(), "a@b.test")
    told = str(refused.value)
    assert told.startswith("The mail server cannot be reached: the server ")
    assert not refused.value.permanent
    assert "servidor" in PHRASES.told(told, "es").split(": ")[1]


def test_what_nobody_knows_stays_behind_as_the_library_says_it() -> None:
    assert why(httpx.ProtocolError("who\nknows.")) == "who knows"
    assert why(httpx.ProtocolError("")) == "ProtocolError"
    assert (why(httpx.ConnectError("odd")), known(httpx.ConnectError("odd"))) == (
        "odd",
        "it could not be made",
    )
    assert known(httpx.ProtocolError("https://hook.test/secret")) is None
