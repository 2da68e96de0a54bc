"""Why a server cannot be reached, in words of people; those of libraries are for programmers. Pure."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

from kit.languages import Table

LONGEST = 200
"""Characters of what a library says, where we have no words for it."""
_SYSTEM = {
    errno.ECONNREFUSED: "nobody answers at this address",
    errno.ECONNRESET: "the server cut it",
    errno.ECONNABORTED: "the server cut it",
    errno.EPIPE: "the server cut it",
    errno.ENETUNREACH: "no way leads to the server from here",
    errno.EHOSTUNREACH: "no way leads to the server from here",
    errno.ENETDOWN: "no way leads to the server from here",
    errno.ETIMEDOUT: "the server did not answer in time",
}
_NAMES = {
    socket.EAI_NONAME: "the server's name is not known",
    socket.EAI_NODATA: "the server's name leads to no address",
    socket.EAI_AGAIN: "the server's name cannot be looked up just now",
}
_EXPIRED, _SELF_SIGNED, _OTHER_NAME, _UNTRUSTED = (
    "the server's certificate has expired",
    "the server's certificate is signed by itself",
    "the server's certificate is for another name",
    "the server's certificate is not valid",
)
_CERTIFICATES = {10: _EXPIRED, 18: _SELF_SIGNED, 19: _SELF_SIGNED, 62: _OTHER_NAME, 64: _OTHER_NAME}
"""By OpenSSL's X509_V_ERR."""
_SAID = {
    "Server disconnected without sending": "the server hung up without an answer",
    "peer closed connection": "the server hung up in the middle of its answer",
    "Connection lost": "the server cut it",
    "Unexpected EOF received": "the server cut it",
    "The SMTP AUTH extension is not supported": "the server lets nobody sign in on this connection",
    "No suitable authentication method found": "the server offers no way to sign in that we know",
    "SMTPUTF8 is not supported": "the server takes no address with letters such as é",
    "Address '": "the mail address has a character that none may have",
    "did not receive a valid HTTP": "the server does not answer as a web server does",
}
"""By how a library's words begin."""
_CLASSES = {
    "ConnectError": "it could not be made",
    "ReadError": "it broke while the answer was read",
    "WriteError": "it broke while the question was sent",
}


def why(error: BaseException) -> str:
    """What is wrong, in English as WORDS has it; else what the library says, without a full stop."""
    said = " ".join(str(error).split())[:LONGEST].rstrip(".")
    return _sure(error) or said or known(error) or type(error).__name__


def known(error: BaseException) -> str | None:
    """The same without what a library says, which may quote an address that is a secret."""
    return _sure(error) or _CLASSES.get(type(error).__name__)


def _sure(error: BaseException) -> str | None:
    behind = list(_behind(error))
    return next(filter(None, map(_words, behind)), None) or next(
        filter(None, map(_by_its_words, behind)), None
    )


def _behind(error: BaseException | None, depth: int = 0) -> Iterator[BaseException]:
    """It, and what it was raised for: libraries wrap what the system said."""
    if error is None or depth > 10:
        return
    yield error
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _behind(one, depth + 1)
    yield from _behind(error.__cause__ or error.__context__, depth + 1)


def _words(error: BaseException) -> str | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(error.verify_code, _UNTRUSTED)
    if isinstance(error, ssl.SSLError):
        return "the server does not speak TLS as it should"
    if isinstance(error, socket.gaierror):
        return _NAMES.get(error.errno or 0, "the server's name is not known")
    if isinstance(error, TimeoutError):
        return _SYSTEM[errno.ETIMEDOUT]
    return _SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None


def _by_its_words(error: BaseException) -> str | None:
    """As httpx and aiosmtplib say it."""
    said = str(error)
    return next((words for start, words in _SAID.items() if said.startswith(start)), None)


WORDS: Table = {
    "nobody answers at this address": (
        "nadie responde en esa dirección",
        "ningú no respon en aquesta adreça",
        "personne ne répond à cette adresse",
    ),
    "the server cut it": ("el servidor la cortó", "el servidor la va tallar", "le serveur l’a coupée"),
    "no way leads to the server from here": (
        "no hay camino hasta el servidor desde aquí",
        "no hi ha camí fins al servidor des d’aquí",
        "aucun chemin ne mène d’ici au serveur",
    ),
    "the server did not answer in time": (
        "el servidor no respondió a tiempo",
        "el servidor no va respondre a temps",
        "le serveur n’a pas répondu à temps",
    ),
    "the server hung up without an answer": (
        "el servidor colgó sin responder",
        "el servidor va penjar sense respondre",
        "le serveur a raccroché sans répondre",
    ),
    "the server hung up in the middle of its answer": (
        "el servidor colgó a media respuesta",
        "el servidor va penjar a mitja resposta",
        "le serveur a raccroché au milieu de sa réponse",
    ),
    "the server does not answer as a web server does": (
        "el servidor no responde como un servidor web",
        "el servidor no respon com un servidor web",
        "le serveur ne répond pas comme un serveur web",
    ),
    "the server does not answer as a mail server does": (
        "el servidor no responde como un servidor de correo",
        "el servidor no respon com un servidor de correu",
        "le serveur ne répond pas comme un serveur de courriel",
    ),
    "the server lets nobody sign in on this connection": (
        "el servidor no deja que nadie se identifique en esta conexión",
        "el servidor no deixa que ningú s’identifiqui en aquesta connexió",
        "le serveur ne laisse personne s’identifier sur cette connexion",
    ),
    "the server offers no way to sign in that we know": (
        "el servidor no ofrece ninguna forma de identificarse que conozcamos",
        "el servidor no ofereix cap manera d’identificar-se que coneguem",
        "le serveur ne propose aucun moyen de s’identifier que nous connaissions",
    ),
    "the server takes no address with letters such as é": (
        "el servidor no acepta direcciones con letras como é",
        "el servidor no accepta adreces amb lletres com é",
        "le serveur n’accepte pas d’adresse avec des lettres comme é",
    ),
    "the mail address has a character that none may have": (
        "la dirección tiene un carácter que ninguna puede tener",
        "l’adreça té un caràcter que cap no pot tenir",
        "l’adresse a un caractère qu’aucune ne peut avoir",
    ),
    "it could not be made": (
        "no se pudo conectar",
        "no s’hi va poder connectar",
        "impossible de se connecter",
    ),
    "it broke while the answer was read": (
        "se cortó al leer la respuesta",
        "es va tallar en llegir la resposta",
        "elle s’est coupée à la lecture de la réponse",
    ),
    "it broke while the question was sent": (
        "se cortó al enviar la pregunta",
        "es va tallar en enviar la pregunta",
        "elle s’est coupée à l’envoi de la question",
    ),
    "the server's name is not known": (
        "no se conoce el nombre del servidor",
        "no es coneix el nom del servidor",
        "le nom du serveur est inconnu",
    ),
    "the server's name leads to no address": (
        "el nombre del servidor no lleva a ninguna dirección",
        "el nom del servidor no porta a cap adreça",
        "le nom du serveur ne mène à aucune adresse",
    ),
    "the server's name cannot be looked up just now": (
        "ahora no se puede averiguar la dirección del servidor",
        "ara no es pot esbrinar l’adreça del servidor",
        "l’adresse du serveur est introuvable pour l’instant",
    ),
    "the server's certificate has expired": (
        "el certificado del servidor ha caducado",
        "el certificat del servidor ha caducat",
        "le certificat du serveur a expiré",
    ),
    "the server's certificate is signed by itself": (
        "el certificado del servidor está firmado por él mismo",
        "el certificat del servidor està signat per ell mateix",
        "le certificat du serveur est signé par lui-même",
    ),
    "the server's certificate is for another name": (
        "el certificado del servidor es de otro nombre",
        "el certificat del servidor és d’un altre nom",
        "le certificat du serveur est d’un autre nom",
    ),
    "the server's certificate is not valid": (
        "el certificado del servidor no es válido",
        "el certificat del servidor no és vàlid",
        "le certificat du serveur n’est pas valable",
    ),
    "the server does not speak TLS as it should": (
        "el servidor no habla TLS como debería",
        "el servidor no parla TLS com hauria",
        "le serveur ne parle pas TLS comme il faudrait",
    ),
}
"""The same in the other languages, for phrase books."""
