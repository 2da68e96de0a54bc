"""Why a server cannot be reached: said by people's words, whatever library met it."""

from __future__ import annotations

import errno
import socket
import ssl

import aiosmtplib
import httpx
import pytest

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
    ],
)
def test_what_only_a_library_says_has_words_too(error: Exception, words: str) -> None:
    assert words in why(error)


def test_what_nobody_knows_stays_behind_as_the_library_says_it() -> None:
    assert why(httpx.ProtocolError("who\nknows.")) == "who knows"
    assert why(httpx.ProtocolError("")) == "ProtocolError"
    assert (why(httpx.ConnectError("odd")), known(httpx.ConnectError("odd"))) == (
        "odd",
        "it could not be made",
    )
    assert known(httpx.ProtocolError("https://hook.test/secret")) is None
