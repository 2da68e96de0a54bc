"""What is stored in English of alerts, pages and why they did not leave: told in the other languages."""

from __future__ import annotations

from alerts.levels import NAMES
from kit import unreachable
from kit.languages import listed
from kit.phrasebook import Phrasebook

PHRASES = Phrasebook(
    {
        # why nobody could be paged
        "Nobody acknowledged after {count} levels were paged.": (
            "Nadie se hizo cargo después de avisar a {count} niveles.",
            "Ningú no se n’ha fet càrrec després d’avisar {count} nivells.",
            "Personne ne s’en est chargé après l’appel de {count} niveaux.",
        ),
        "Nobody acknowledged after 1 level was paged.": (
            "Nadie se hizo cargo después de avisar a 1 nivel.",
            "Ningú no se n’ha fet càrrec després d’avisar 1 nivell.",
            "Personne ne s’en est chargé après l’appel d’un niveau.",
        ),
        "The agreement of {name} is not valid any more.": (
            "El acuerdo de confidencialidad de {name} ya no está vigente.",
            "L’acord de confidencialitat de {name} ja no és vigent.",
            "L’accord de confidentialité de {name} n’est plus valable.",
        ),
        "{name} of {organisation} has no access any more.": (
            "{name}, de {organisation}, ya no tiene acceso.",
            "{name}, de {organisation}, ja no té accés.",
            "{name}, de {organisation}, n’a plus accès.",
        ),
        "It tells of what they may not see any more.": (
            "Habla de algo que ya no puede ver.",
            "Parla d’una cosa que ja no pot veure.",
            "Il parle de ce qui ne lui est plus accessible.",
        ),
        "The invitation was taken back, or its time is over.": (
            "La invitación se retiró, o su plazo ha pasado.",
            "La invitació es va retirar, o el seu termini ha passat.",
            "L’invitation a été retirée, ou son délai est passé.",
        ),
        "{name} has no active seat.": (
            "{name} no tiene un puesto activo.",
            "{name} no té un lloc actiu.",
            "{name} n’a pas de place active.",
        ),
        "{name} is a partner: alerts stay in the house.": (
            "{name} es de una agencia: las alertas se quedan en casa.",
            "{name} és d’una agència: les alertes es queden a casa.",
            "{name} est d’une agence : les alertes restent dans la maison.",
        ),
        "{name} is an observer: they read, nobody pages them.": (
            "{name} solo observa: lee y no se le avisa.",
            "{name} només observa: llegeix i no se l’avisa.",
            "{name} observe seulement : on ne l’appelle pas.",
        ),
        "{name} has no mail address.": (
            "{name} no tiene dirección de correo.",
            "{name} no té adreça de correu.",
            "{name} n’a pas d’adresse électronique.",
        ),
        "{name} has nobody who can be paged.": (
            "En {name} no hay nadie a quien avisar.",
            "A {name} no hi ha ningú a qui avisar.",
            "{name} n’a personne qui puisse être appelé.",
        ),
        "No admin can be paged.": (
            "No se puede avisar a ningún administrador.",
            "No es pot avisar cap administrador.",
            "Aucun administrateur ne peut être appelé.",
        ),
        "Of {name} nobody is awake.": (
            "De {name} nadie está despierto.",
            "De {name} no hi ha ningú despert.",
            "Dans {name}, personne n’est éveillé.",
        ),
        "{name} is away.": ("{name} está ausente.", "{name} és absent.", "{name} est absent."),
        "Nobody is on call on {name}.": (
            "Nadie está de guardia en {name}.",
            "Ningú no està de guàrdia a {name}.",
            "Personne n’est d’astreinte sur {name}.",
        ),
        "Level {step} names nobody.": (
            "El nivel {step} no nombra a nadie.",
            "El nivell {step} no anomena ningú.",
            "Le niveau {step} ne nomme personne.",
        ),
        "A target cannot be read: choose it again in the escalation policy ({target}).": (
            "Un destinatario no se puede leer: elígelo otra vez en la política de avisos ({target}).",
            "Un destinatari no es pot llegir: torna’l a triar a la política d’avisos ({target}).",
            "Un destinataire est illisible : choisissez-le à nouveau dans la règle d’escalade ({target}).",
        ),
        "The target {target} cannot be read: {error}": (
            "El destinatario {target} no se puede leer: {error}",
            "El destinatari {target} no es pot llegir: {error}",
            "Le destinataire {target} est illisible : {error}",
        ),
        "No page of the last round could be delivered: {why}": (
            "No se pudo entregar ningún aviso de la última ronda: {why}",
            "No s’ha pogut lliurar cap avís de l’última ronda: {why}",
            "Aucun appel du dernier tour n’a pu être remis : {why}",
        ),
        "A page has not left yet: {why}": (
            "Un aviso no ha salido aún: {why}",
            "Un avís encara no ha sortit: {why}",
            "Un appel n’est pas encore parti : {why}",
        ),
        "The escalation failed by an error of ours, which is in the worker's log.": (
            "El escalado falló por un error nuestro, que está en el registro del proceso.",
            "L’escalat ha fallat per un error nostre, que és al registre del procés.",
            "L’escalade a échoué par une erreur à nous, notée dans le journal du processus.",
        ),
        # why this person
        "{reason}, level {step}": (
            "{reason}, nivel {step}",
            "{reason}, nivell {step}",
            "{reason}, niveau {step}",
        ),
        "On call on {name}": ("De guardia en {name}", "De guàrdia a {name}", "D’astreinte sur {name}"),
        "Belongs to {name}": ("Pertenece a {name}", "Pertany a {name}", "Fait partie de {name}"),
        "Awake, and belongs to {name}": (
            "Despierta, y pertenece a {name}",
            "Desperta, i pertany a {name}",
            "Éveillé, et fait partie de {name}",
        ),
        "An admin: the last level of every policy": (
            "Administra: el último nivel de toda política",
            "Administra: l’últim nivell de tota política",
            "Administre : le dernier niveau de toute politique",
        ),
        "Named in the escalation policy": (
            "Nombrada en la política de escalado",
            "Anomenada a la política d’escalat",
            "Nommé dans la politique d’escalade",
        ),
        "You have it, and nothing has happened since": (
            "La tienes tú, y no ha pasado nada desde entonces",
            "La tens tu, i no ha passat res des de llavors",
            "Vous l’avez, et rien ne s’est passé depuis",
        ),
        "Nobody could be paged: every way is tried": (
            "No se pudo avisar a nadie: se prueba todo",
            "No s’ha pogut avisar ningú: es prova tot",
            "Personne n’a pu être appelé : tout est tenté",
        ),
        # why a page did not go out, and an alert came to its end
        "The alert was acknowledged before this page went out.": (
            "Alguien se hizo cargo de la alerta antes de que saliera este aviso.",
            "Algú es va fer càrrec de l’alerta abans que sortís aquest avís.",
            "L’alerte a été prise en charge avant le départ de cet appel.",
        ),
        "The alert was over before this page went out.": (
            "La alerta terminó antes de que saliera este aviso.",
            "L’alerta es va acabar abans que sortís aquest avís.",
            "L’alerte était finie avant le départ de cet appel.",
        ),
        "The alert had ended before this page went out.": (
            "La alerta había terminado antes de que saliera este aviso.",
            "L’alerta s’havia acabat abans que sortís aquest avís.",
            "L’alerte avait pris fin avant le départ de cet appel.",
        ),
        "{name} acknowledged the alert before this page went out.": (
            "{name} se hizo cargo de la alerta antes de que saliera este aviso.",
            "{name} es va fer càrrec de l’alerta abans que sortís aquest avís.",
            "{name} a pris l’alerte en charge avant le départ de cet appel.",
        ),
        "{name} found that this is no crisis: {reason}": (
            "{name} vio que no es una crisis: {reason}",
            "{name} va veure que no és cap crisi: {reason}",
            "{name} a jugé que ce n’est pas une crise : {reason}",
        ),
        "Alert {number} is worse and pages in its place.": (
            "La alerta {number} es peor y avisa en su lugar.",
            "L’alerta {number} és pitjor i avisa en lloc seu.",
            "L’alerte {number} est plus grave et appelle à sa place.",
        ),
        "{name} says that it is over.": (
            "{name} dice que ha terminado.",
            "{name} diu que s’ha acabat.",
            "{name} dit que c’est fini.",
        ),
        "Held back: as many messages as agreed have gone this way. What waits goes in one message.": (
            "Retenido: ya han salido por aquí tantos mensajes como se acordó. Lo que espera irá en uno solo.",
            "Retingut: ja han sortit per aquí els missatges acordats. El que espera anirà en un de sol.",
            "Retenu : autant de messages que convenu sont partis par là. Ce qui attend partira en un seul.",
        ),
        "Its incident is resolved.": (
            "Su incidente está resuelto.",
            "El seu incident està resolt.",
            "Son incident est résolu.",
        ),
        "The incident has a lead.": (
            "El incidente tiene responsable.",
            "L’incident té responsable.",
            "L’incident a un pilote.",
        ),
        "It became worse after it was closed.": (
            "Empeoró después de cerrarse.",
            "Va empitjorar després de tancar-se.",
            "Elle s’est aggravée après sa clôture.",
        ),
        "Its monitor was switched off.": (
            "Se apagó su monitor.",
            "Se’n va aturar el monitor.",
            "Son moniteur a été arrêté.",
        ),
        "The signal is back in its usual range.": (
            "La señal ha vuelto a lo habitual.",
            "El senyal ha tornat al que és habitual.",
            "Le signal est revenu à l’habituel.",
        ),
        # why a message could not be delivered
        "The page failed by an error of ours, which is in the worker's log.": (
            "El aviso falló por un error nuestro, que está en el registro del proceso.",
            "L’avís ha fallat per un error nostre, que és al registre del procés.",
            "L’appel a échoué par une erreur à nous, notée dans le journal du processus.",
        ),
        "The channel {channel} is broken: {error}": (
            "El canal {channel} está averiado: {error}",
            "El canal {channel} està avariat: {error}",
            "Le canal {channel} est en panne : {error}",
        ),
        "The channel is broken: {error}": (
            "El canal está averiado: {error}",
            "El canal està avariat: {error}",
            "Le canal est en panne : {error}",
        ),
        "No mail can leave: TOCSIN_SMTP_URL is not set.": (
            "No puede salir ningún correo: falta TOCSIN_SMTP_URL.",
            "No pot sortir cap correu: falta TOCSIN_SMTP_URL.",
            "Aucun courriel ne peut partir : TOCSIN_SMTP_URL manque.",
        ),
        "No text message or call can leave: TOCSIN_PHONE_URL is not set.": (
            "No puede salir ningún SMS ni llamada: falta TOCSIN_PHONE_URL.",
            "No pot sortir cap SMS ni trucada: falta TOCSIN_PHONE_URL.",
            "Aucun SMS ni appel ne peut partir : TOCSIN_PHONE_URL manque.",
        ),
        "The mail server did not answer in time.": (
            "El servidor de correo no respondió a tiempo.",
            "El servidor de correu no va respondre a temps.",
            "Le serveur de courriel n’a pas répondu à temps.",
        ),
        "The mail server turned us away: {said}": (
            "El servidor de correo nos rechazó: {said}",
            "El servidor de correu ens va rebutjar: {said}",
            "Le serveur de courriel nous a refusés : {said}",
        ),
        "The mail server said {said}": (
            "El servidor de correo dijo {said}",
            "El servidor de correu va dir {said}",
            "Le serveur de courriel a dit {said}",
        ),
        "The mail server cannot be reached: {error}": (
            "No se llega al servidor de correo: {error}",
            "No s’arriba al servidor de correu: {error}",
            "Le serveur de courriel est injoignable : {error}",
        ),
        "The mail cannot be sent this way: {error}": (
            "El correo no se puede enviar así: {error}",
            "El correu no es pot enviar així: {error}",
            "Le courriel ne peut partir ainsi : {error}",
        ),
        "The server did not answer in time.": (
            "El servidor no respondió a tiempo.",
            "El servidor no va respondre a temps.",
            "Le serveur n’a pas répondu à temps.",
        ),
        "The server cannot be reached: {error}": (
            "No se llega al servidor: {error}",
            "No s’arriba al servidor: {error}",
            "Le serveur est injoignable : {error}",
        ),
        "The server said {said}": (
            "El servidor dijo {said}",
            "El servidor va dir {said}",
            "Le serveur a dit {said}",
        ),
        # why it cannot be reached, as {error} of both
        **unreachable.WORDS,
        "The address cannot be used: it must begin with http:// or https://": (
            "La dirección no se puede usar: debe empezar por http:// o https://",
            "L’adreça no es pot fer servir: ha de començar per http:// o https://",
            "L’adresse est inutilisable : elle doit commencer par http:// ou https://",
        ),
        "The address cannot be used: it is no web address": (
            "La dirección no se puede usar: no es una dirección web",
            "L’adreça no es pot fer servir: no és una adreça web",
            "L’adresse est inutilisable : ce n’est pas une adresse web",
        ),
        "The address cannot be used: {error}": (
            "La dirección no se puede usar: {error}",
            "L’adreça no es pot fer servir: {error}",
            "L’adresse est inutilisable : {error}",
        ),
        "The service did not answer in time.": (
            "El servicio no respondió a tiempo.",
            "El servei no va respondre a temps.",
            "Le service n’a pas répondu à temps.",
        ),
        "The phone provider said {said}": (
            "El proveedor de telefonía dijo {said}",
            "El proveïdor de telefonia va dir {said}",
            "L’opérateur téléphonique a dit {said}",
        ),
        "The phone provider said {said}: is TOCSIN_PHONE_URL right?": (
            "El proveedor de telefonía dijo {said}: ¿es correcta TOCSIN_PHONE_URL?",
            "El proveïdor de telefonia va dir {said}: és correcta TOCSIN_PHONE_URL?",
            "L’opérateur téléphonique a dit {said} : TOCSIN_PHONE_URL est-elle juste ?",
        ),
        "Slack said {said}": ("Slack dijo {said}", "Slack va dir {said}", "Slack a dit {said}"),
        "Apprise cannot read the address.": (
            "Apprise no entiende la dirección.",
            "L’Apprise no entén l’adreça.",
            "Apprise ne comprend pas l’adresse.",
        ),
        "Apprise could not reach {service}.": (
            "Apprise no llegó a {service}.",
            "L’Apprise no va arribar a {service}.",
            "Apprise n’a pas atteint {service}.",
        ),
        "Only an admin's contact may name a server; others are one of {known}, without options.": (
            "Solo el contacto de quien administra puede nombrar un servidor; los demás son uno de "
            "{known}, sin opciones.",
            "Només el contacte de qui administra pot anomenar un servidor; els altres són un de "
            "{known}, sense opcions.",
            "Seul le contact d’un administrateur peut nommer un serveur ; les autres sont l’un de "
            "{known}, sans option.",
        ),
        "The address would read a file.": (
            "La dirección leería un archivo.",
            "L’adreça llegiria un fitxer.",
            "L’adresse lirait un fichier.",
        ),
        "{address} is not a mail address.": (
            "{address} no es una dirección de correo.",
            "{address} no és una adreça de correu.",
            "{address} n’est pas une adresse électronique.",
        ),
        "The browser's subscription cannot be read.": (
            "La suscripción del navegador no se puede leer.",
            "La subscripció del navegador no es pot llegir.",
            "L’abonnement du navigateur est illisible.",
        ),
        "The mail could not be made: {error}": (
            "El correo no se pudo componer: {error}",
            "El correu no es va poder compondre: {error}",
            "Le courriel n’a pu être composé : {error}",
        ),
        "There is no address to send it to.": (
            "No hay dirección a la que enviarlo.",
            "No hi ha cap adreça on enviar-ho.",
            "Il n’y a pas d’adresse où l’envoyer.",
        ),
        # why the heartbeat did not arrive
        "It answered {status}.": (
            "Respondió {status}.",
            "Va respondre {status}.",
            "Elle a répondu {status}.",
        ),
        "It could not be reached: {error}.": (
            "No se llegó a ella: {error}.",
            "No s’hi va arribar: {error}.",
            "Elle était injoignable : {error}.",
        ),
    }
)

WORDS = Phrasebook(
    {
        **NAMES,
        "mail": ("correo", "correu", "courriel"),
        "sms": ("SMS", "SMS", "SMS"),
        "voice": ("llamada", "trucada", "téléphone"),
        "web_push": ("el navegador", "el navegador", "le navigateur"),
        "button": ("en la página", "a la pàgina", "sur la page"),
        "link": ("por el enlace", "per l’enllaç", "par le lien"),
    }
)
"""Severities, channels, and by what somebody answered."""
CONTACTS = Phrasebook(
    {
        "Mail {shown}": ("Correo {shown}", "Correu {shown}", "Courriel {shown}"),
        "Mail": ("Correo", "Correu", "Courriel"),
        "Text message {shown}": ("SMS {shown}", "SMS {shown}", "SMS {shown}"),
        "Telephone call {shown}": ("Llamada {shown}", "Trucada {shown}", "Appel {shown}"),
        "This browser {shown}": (
            "Este navegador {shown}",
            "Aquest navegador {shown}",
            "Ce navigateur {shown}",
        ),
        "This browser": ("Este navegador", "Aquest navegador", "Ce navigateur"),
        "Another service (Apprise) {shown}": (
            "Otro servicio (Apprise) {shown}",
            "Un altre servei (Apprise) {shown}",
            "Un autre service (Apprise) {shown}",
        ),
        "Signed webhook {shown}": (
            "Webhook firmado {shown}",
            "Webhook signat {shown}",
            "Webhook signé {shown}",
        ),
    }
)
"""What contacts are called (`contacts.notes.title_of`)."""
BOOKS = {"reason": PHRASES} | dict.fromkeys(("level", "severity", "before", "after", "channel", "by"), WORDS)


def fact(name: str, value: object, language: str) -> str:
    """One of the facts that a stored sentence is filled in with; what people named stays as it is."""
    text = listed(value)
    return BOOKS[name].told(text, language) if name in BOOKS else text
