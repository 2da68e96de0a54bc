"""What is said beside a page's evidence, in four languages: bundles, keys, replies, notes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sayings:
    """Phrases of one language; names in braces are filled in by whoever says them."""

    more_one: str
    more_many: str
    hushed: str
    """In the place of everything, while a confidential incident is open."""
    reply: str
    press: str
    taken: str
    noted: str
    """The same where it takes everybody of a level."""
    escalated: str
    dismissed: str
    taken_by: str
    """What others read of it."""
    escalated_by: str
    why: str
    """To a reply that says it is no crisis, without a reason."""
    over: str
    nothing: str
    """To a reply of somebody who has no page that still waits."""
    which: str
    """To an answer that says none of what we understand, behind what can be said."""
    code_subject: str
    code_text: str
    test_subject: str
    test_text: str
    told_subject: str
    told_text: str
    told_admin: str
    outside_only_subject: str
    outside_only: str
    """To who was an admin, of a contact that may have led to the inner network."""
    calendar_outside_only_subject: str
    calendar_outside_only: str
    """To who was an admin, of the calendar of their absences."""
    my_settings: str
    my_duty: str
    campaign: str
    campaign_value: str
    holiday: str
    same_incident: str
    began: str
    """What an incident began with that a later alert belongs to."""
    has_it: str
    nobody_has_it: str


ENGLISH = Sayings(
    more_one="and 1 more alert",
    more_many="and {count} more alerts",
    hushed="A confidential matter needs you",
    reply="Reply 1 to take it, 2 to wake the next person, 3 and why if it is no crisis.",
    press="Press 1 to take it, 2 to wake the next person.",
    taken="You have it. Nobody else is paged.",
    noted="Noted. It still takes {names}: the paging goes on until then.",
    escalated="The next person is being paged.",
    dismissed="Closed as no crisis. Nobody else is paged.",
    taken_by="Acknowledged by {name}.",
    escalated_by="{name} has had the next person woken.",
    why="Why is it no crisis? Reply 3 and the reason. Nothing was changed.",
    over="This is over or somebody has it: nothing is left to do.",
    nothing="No page waits for you: nothing was changed.",
    which="Nothing was changed.",
    code_subject="Your code for Tocsin",
    code_text="{code} is your code for Tocsin. Type it on the page My settings.",
    test_subject="A test from Tocsin",
    test_text="This is a test from Tocsin for {name}. Pages reach you here.",
    told_subject="One of your contacts no longer works",
    told_text="Tocsin cannot reach you by {contact} any more and has stopped using it: {reason}",
    told_admin="Tocsin cannot reach {name} by {contact} any more and has stopped using it: {reason}",
    outside_only_subject="One of your contacts may not work any more",
    outside_only="You added {contact} as an admin. You are none any more, so it works only if it leads"
    " out of the inner network. Send it a test on your settings page.",
    calendar_outside_only_subject="Your absence calendar may not be read any more",
    calendar_outside_only="You entered its address as an admin. You are none any more, so it is read only if"
    " it leads out of the inner network. The absences that it told before still count. Look"
    " whether it is read, and enter another address if it is not.",
    my_settings="My settings",
    my_duty="My duty",
    campaign="Announced",
    campaign_value="{title} (×{lift} the usual expected)",
    holiday="Holiday",
    same_incident="same incident",
    began="The incident began",
    has_it="{name} has it.",
    nobody_has_it="Nobody has it yet.",
)
SPANISH = Sayings(
    more_one="y 1 alerta más",
    more_many="y {count} alertas más",
    hushed="Un asunto confidencial te necesita",
    reply="Responde 1 para encargarte, 2 para avisar a la siguiente persona, 3 y por qué si no es crisis.",
    press="Pulsa 1 para encargarte, 2 para avisar a la siguiente persona.",
    taken="Te encargas tú. No se avisa a nadie más.",
    noted="Anotado. Todavía falta {names}: hasta entonces se sigue avisando.",
    escalated="Se está avisando a la siguiente persona.",
    dismissed="Cerrado: no es una crisis. No se avisa a nadie más.",
    taken_by="{name} se encarga.",
    escalated_by="{name} ha hecho avisar a la siguiente persona.",
    why="¿Por qué no es una crisis? Responde 3 y el motivo. No se ha cambiado nada.",
    over="Esto ha terminado o alguien ya se encarga: no queda nada que hacer.",
    nothing="No hay ningún aviso pendiente para ti: no se ha cambiado nada.",
    which="No se ha cambiado nada.",
    code_subject="Tu código para Tocsin",
    code_text="{code} es tu código para Tocsin. Escríbelo en la página Mis ajustes.",
    test_subject="Una prueba de Tocsin",
    test_text="Esto es una prueba de Tocsin para {name}. Los avisos te llegan aquí.",
    told_subject="Uno de tus contactos ya no funciona",
    told_text="Tocsin ya no puede avisarte por {contact} y ha dejado de usarlo: {reason}",
    told_admin="Tocsin ya no puede avisar a {name} por {contact} y ha dejado de usarlo: {reason}",
    outside_only_subject="Puede que uno de tus contactos ya no funcione",
    outside_only="Añadiste {contact} como administrador. Ya no lo eres, así que solo funciona si lleva"
    " fuera de la red interna. Envíale una prueba desde tus ajustes.",
    calendar_outside_only_subject="Puede que ya no se lea el calendario de tus ausencias",
    calendar_outside_only="Pusiste su dirección como administrador. Ya no lo eres, así que solo se lee si"
    " lleva fuera de la red interna. Las ausencias que ya se leyeron siguen contando. Mira si se"
    " lee y, si no, pon otra dirección.",
    my_settings="Mis ajustes",
    my_duty="Mis guardias",
    campaign="Anunciado",
    campaign_value="{title} (se espera ×{lift} lo habitual)",
    holiday="Festivo",
    same_incident="mismo incidente",
    began="El incidente empezó",
    has_it="Se encarga {name}.",
    nobody_has_it="Todavía no se encarga nadie.",
)
CATALAN = Sayings(
    more_one="i 1 alerta més",
    more_many="i {count} alertes més",
    hushed="Un afer confidencial et necessita",
    reply="Respon 1 per ocupar-te'n, 2 per avisar la persona següent, 3 i per què si no és crisi.",
    press="Prem 1 per ocupar-te'n, 2 per avisar la persona següent.",
    taken="Te n'ocupes tu. No s'avisa ningú més.",
    noted="Anotat. Encara falta {names}: fins llavors se segueix avisant.",
    escalated="S'està avisant la persona següent.",
    dismissed="Tancat: no és una crisi. No s'avisa ningú més.",
    taken_by="{name} se n'ocupa.",
    escalated_by="{name} ha fet avisar la persona següent.",
    why="Per què no és una crisi? Respon 3 i el motiu. No s'ha canviat res.",
    over="Això s'ha acabat o algú ja se n'ocupa: no queda res a fer.",
    nothing="No tens cap avís pendent: no s'ha canviat res.",
    which="No s'ha canviat res.",
    code_subject="El teu codi per a Tocsin",
    code_text="{code} és el teu codi per a Tocsin. Escriu-lo a la pàgina La meva configuració.",
    test_subject="Una prova de Tocsin",
    test_text="Això és una prova de Tocsin per a {name}. Els avisos t'arriben aquí.",
    told_subject="Un dels teus contactes ja no funciona",
    told_text="Tocsin ja no et pot avisar per {contact} i ha deixat de fer-lo servir: {reason}",
    told_admin="Tocsin ja no pot avisar {name} per {contact} i ha deixat de fer-lo servir: {reason}",
    outside_only_subject="Pot ser que un dels teus contactes ja no funcioni",
    outside_only="Vas afegir {contact} com a administrador. Ja no ho ets, i per això només funciona si"
    " porta fora de la xarxa interna. Envia-hi una prova des de la teva configuració.",
    calendar_outside_only_subject="Pot ser que ja no es llegeixi el calendari de les teves absències",
    calendar_outside_only="Vas posar-ne l’adreça com a administrador. Ja no ho ets, i per això només es"
    " llegeix si porta fora de la xarxa interna. Les absències que ja s’havien llegit encara"
    " compten. Mira si es llegeix i, si no, posa-hi una altra adreça.",
    my_settings="La meva configuració",
    my_duty="Les meves guàrdies",
    campaign="Anunciat",
    campaign_value="{title} (s'espera ×{lift} l'habitual)",
    holiday="Festiu",
    same_incident="mateix incident",
    began="L'incident va començar",
    has_it="Se n'ocupa {name}.",
    nobody_has_it="Encara no se n'ocupa ningú.",
)
FRENCH = Sayings(
    more_one="et 1 autre alerte",
    more_many="et {count} autres alertes",
    hushed="Une affaire confidentielle vous attend",
    reply="Répondez 1 pour vous en charger, 2 pour passer au suivant, 3 et pourquoi s'il n'y a pas crise.",
    press="Tapez 1 pour vous en charger, 2 pour prévenir la personne suivante.",
    taken="Vous vous en chargez. Personne d'autre n'est prévenu.",
    noted="Noté. Il manque encore {names} : d'ici là les appels continuent.",
    escalated="La personne suivante est prévenue.",
    dismissed="Clos : ce n'est pas une crise. Personne d'autre n'est prévenu.",
    taken_by="{name} s'en charge.",
    escalated_by="{name} a fait prévenir la personne suivante.",
    why="Pourquoi n'est-ce pas une crise ? Répondez 3 et la raison. Rien n'a été changé.",
    over="C'est terminé ou quelqu'un s'en charge : il ne reste rien à faire.",
    nothing="Aucun appel ne vous attend : rien n'a été changé.",
    which="Rien n'a été changé.",
    code_subject="Votre code pour Tocsin",
    code_text="{code} est votre code pour Tocsin. Saisissez-le sur la page Mes réglages.",
    test_subject="Un essai de Tocsin",
    test_text="Ceci est un essai de Tocsin pour {name}. Les appels vous parviennent ici.",
    told_subject="L'un de vos contacts ne fonctionne plus",
    told_text="Tocsin ne peut plus vous joindre par {contact} et ne l'utilise plus : {reason}",
    told_admin="Tocsin ne peut plus joindre {name} par {contact} et ne l'utilise plus : {reason}",
    outside_only_subject="L'un de vos contacts pourrait ne plus fonctionner",
    outside_only="Vous avez ajouté {contact} comme administrateur. Vous ne l'êtes plus : ce contact ne"
    " fonctionne que s'il mène hors du réseau interne. Envoyez-lui un essai depuis vos réglages.",
    calendar_outside_only_subject="Le calendrier de vos absences pourrait ne plus être lu",
    calendar_outside_only="Vous avez saisi son adresse comme administrateur. Vous ne l’êtes plus : il n’est"
    " lu que s’il mène hors du réseau interne. Les absences déjà lues comptent toujours."
    " Vérifiez s’il est lu et, sinon, saisissez une autre adresse.",
    my_settings="Mes réglages",
    my_duty="Mes astreintes",
    campaign="Annoncé",
    campaign_value="{title} (×{lift} l'habituel attendu)",
    holiday="Jour férié",
    same_incident="même incident",
    began="L'incident a commencé",
    has_it="{name} s'en charge.",
    nobody_has_it="Personne ne s'en charge encore.",
)

SAYINGS = {"en": ENGLISH, "es": SPANISH, "ca": CATALAN, "fr": FRENCH}


def sayings(language: str) -> Sayings:
    """The phrases of a language; English for any other."""
    return SAYINGS.get(language, ENGLISH)


def more(said: Sayings, count: int) -> str:
    """`and 27 more alerts`; nothing when there are none."""
    if not count:
        return ""
    return said.more_one if count == 1 else said.more_many.format(count=count)
