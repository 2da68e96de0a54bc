"""What a digest says, in the four languages of the house; names in braces are filled in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    subject: dict[str, str]
    """By cadence; `{period}` is a day or a week in words."""
    quiet: str
    """Added to the subject when nothing happened."""
    all_quiet: str
    mentions: str
    usual: str
    no_past: str
    against: str
    """The ratio to the usual."""
    negative: str
    positive: str
    terms: str
    story: str
    cases: str
    cases_value: str
    incident: str
    states: dict[str, str]
    alert: str
    confidential: str
    """In place of a title."""
    watch: str
    silent: str
    outage: tuple[str, str]
    """That is over: one, more of the same source."""
    hushed: str
    unheard: str
    late: tuple[str, str]
    """Of one case, of more."""
    open_incident: str
    read: str
    footer: str
    from_to: str


WORDS = {
    "en": Words(
        subject={"daily": "Daily digest, {period}", "weekly": "Weekly digest, {period}"},
        quiet=": quiet",
        all_quiet="Quiet: {count} mentions, about as many as usual. No incident, no alert, no case.",
        mentions="Mentions",
        usual="usually {usual}",
        no_past="nothing to compare with yet",
        against="×{ratio}",
        negative="Negative",
        positive="Positive",
        terms="New or louder words",
        story="{count} times: {text}",
        cases="Cases",
        cases_value="{opened} came, {answered} answered, {late} late",
        incident="Incident #{number} ({level}, {state}): {title}",
        states={"open": "open", "resolved": "resolved", "closed": "closed"},
        alert="Alert ({level}): {title}",
        confidential="confidential",
        watch="What to watch",
        silent="The source {name} has gone silent: what happens there is not being heard.",
        outage=(
            "The source {name} was out from {since} to {until}."
            " What was said there then may be missing here.",
            "The source {name} was out {times} times between {since} and {until}."
            " What was said there then may be missing here.",
        ),
        hushed="{brand}: far fewer mentions than usual. Do its sources speak?",
        unheard="{brand} is not listened to: no source that speaks brings what is said of it.",
        late=("{brand}: 1 case is late.", "{brand}: {count} cases are late."),
        open_incident="{brand}: incident #{number} is still open.",
        read="Read it here",
        footer="You chose to get this. Change it under “My settings”.",
        from_to="from {since} to {until}",
    ),
    "es": Words(
        subject={"daily": "Resumen diario, {period}", "weekly": "Resumen semanal, {period}"},
        quiet=": tranquilo",
        all_quiet="Tranquilo: {count} menciones, más o menos como siempre. Sin incidentes, alertas ni casos.",
        mentions="Menciones",
        usual="habitual: {usual}",
        no_past="todavía sin pasado con que comparar",
        against="×{ratio}",
        negative="Negativas",
        positive="Positivas",
        terms="Palabras nuevas o más sonadas",
        story="{count} veces: {text}",
        cases="Casos",
        cases_value="nuevos: {opened}, respondidos: {answered}, con retraso: {late}",
        incident="Incidente n.º {number} ({level}, {state}): {title}",
        states={"open": "abierto", "resolved": "resuelto", "closed": "cerrado"},
        alert="Alerta ({level}): {title}",
        confidential="confidencial",
        watch="A qué estar atentos",
        silent="La fuente {name} se ha quedado muda: lo que pasa allí no se está oyendo.",
        outage=(
            "La fuente {name} estuvo fuera del {since} al {until}."
            " Lo que se dijo allí entonces puede faltar aquí.",
            "La fuente {name} estuvo fuera {times} veces entre el {since} y el {until}."
            " Lo que se dijo allí entonces puede faltar aquí.",
        ),
        hushed="{brand}: muchas menos menciones de lo habitual. ¿Hablan sus fuentes?",
        unheard="{brand}: no se está escuchando. Ninguna fuente que hable trae lo que se dice de la marca.",
        late=("{brand}: 1 caso con retraso.", "{brand}: {count} casos con retraso."),
        open_incident="{brand}: el incidente n.º {number} sigue abierto.",
        read="Leerlo aquí",
        footer="Lo recibes porque lo elegiste. Puedes cambiarlo en «Mis ajustes».",
        from_to="del {since} al {until}",
    ),
    "ca": Words(
        subject={"daily": "Resum diari, {period}", "weekly": "Resum setmanal, {period}"},
        quiet=": tranquil",
        all_quiet="Tranquil: {count} mencions, més o menys les habituals. Sense incidents, alertes ni casos.",
        mentions="Mencions",
        usual="habitual: {usual}",
        no_past="encara sense passat amb què comparar",
        against="×{ratio}",
        negative="Negatives",
        positive="Positives",
        terms="Paraules noves o més sonades",
        story="{count} vegades: {text}",
        cases="Casos",
        cases_value="nous: {opened}, resposts: {answered}, amb retard: {late}",
        incident="Incident núm. {number} ({level}, {state}): {title}",
        states={"open": "obert", "resolved": "resolt", "closed": "tancat"},
        alert="Alerta ({level}): {title}",
        confidential="confidencial",
        watch="A què estar atents",
        silent="La font {name} ha emmudit: el que hi passa no s’està sentint.",
        outage=(
            "La font {name} va estar fora del {since} al {until}."
            " El que s’hi va dir llavors pot faltar aquí.",
            "La font {name} va estar fora {times} vegades entre el {since} i el {until}."
            " El que s’hi va dir llavors pot faltar aquí.",
        ),
        hushed="{brand}: moltes menys mencions de les habituals. Parlen, les seves fonts?",
        unheard="{brand}: no s’està escoltant. Cap font que parli no porta el que es diu de la marca.",
        late=("{brand}: 1 cas amb retard.", "{brand}: {count} casos amb retard."),
        open_incident="{brand}: l’incident núm. {number} continua obert.",
        read="Llegeix-lo aquí",
        footer="El reps perquè ho vas triar. Ho pots canviar a «La meva configuració».",
        from_to="del {since} al {until}",
    ),
    "fr": Words(
        subject={"daily": "Bulletin du jour, {period}", "weekly": "Bulletin de la semaine, {period}"},
        quiet=" : calme",
        all_quiet="Calme : {count} mentions, à peu près comme d’habitude. Ni incident ni alerte ni dossier.",
        mentions="Mentions",
        usual="d’habitude {usual}",
        no_past="pas encore de passé pour comparer",
        against="×{ratio}",
        negative="Négatives",
        positive="Positives",
        terms="Mots nouveaux ou plus fréquents",
        story="{count} fois : {text}",
        cases="Dossiers",
        cases_value="reçus : {opened}, traités : {answered}, en retard : {late}",
        incident="Incident nº {number} ({level}, {state}) : {title}",
        states={"open": "ouvert", "resolved": "résolu", "closed": "clos"},
        alert="Alerte ({level}) : {title}",
        confidential="confidentiel",
        watch="À surveiller",
        silent="La source {name} s’est tue : ce qui s’y passe n’est plus entendu.",
        outage=(
            "La source {name} a manqué du {since} au {until}. Ce qui s’y est dit alors peut manquer ici.",
            "La source {name} a manqué {times} fois entre le {since} et le {until}."
            " Ce qui s’y est dit alors peut manquer ici.",
        ),
        hushed="{brand} : bien moins de mentions que d’habitude. Ses sources parlent-elles ?",
        unheard="{brand} : personne n’écoute. Aucune source qui parle n’apporte ce qui s’en dit.",
        late=("{brand} : 1 dossier en retard.", "{brand} : {count} dossiers en retard."),
        open_incident="{brand} : l’incident nº {number} est toujours ouvert.",
        read="Le lire ici",
        footer="Vous l’avez choisi. Vous pouvez le changer dans « Mes réglages ».",
        from_to="du {since} au {until}",
    ),
}


def words(language: str) -> Words:
    """The words of a language, English where we do not speak it."""
    return WORDS.get(language, WORDS["en"])
