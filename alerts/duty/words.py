"""What notices about duty say, in the four languages of the house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Phrases of one language; names in braces are filled in by `alerts.duty.compose`."""

    starting: str
    starting_until: str
    starting_cannot: str
    moved: str
    moved_why: str
    now_yours: str
    no_longer_yours: str
    swap_asked: str
    swap_gives: str
    swap_takes: str
    swap_nothing: str
    swap_declined: str
    cover_asked: str
    cover_first: str
    until_further: str
    see: str
    footer: str


ENGLISH = Words(
    starting="You are on call from {start}: {schedule}",
    starting_until="Until {end}. All times in {zone}.",
    starting_cannot="Cannot make it? Ask a colleague for a swap, or everybody for cover, on the rota page.",
    moved="Your on-call times have changed: {schedule}",
    moved_why="Somebody edited the rota. All times in {zone}.",
    now_yours="Now yours",
    no_longer_yours="No longer yours",
    swap_asked="{name} asks you to swap shifts: {schedule}",
    swap_gives="You would take",
    swap_takes="{name} would take of yours",
    swap_nothing="Nothing in return.",
    swap_declined="{name} cannot swap with you: {schedule}",
    cover_asked="{name} looks for cover: {schedule}",
    cover_first="The first who takes it has it. All times in {zone}.",
    until_further="until further notice",
    see="See the rota",
    footer=(
        "You get this because you are on the rota. "
        "How early you are told is yours to choose, on your duty page."
    ),
)

SPANISH = Words(
    starting="Estás de guardia desde el {start}: {schedule}",
    starting_until="Hasta el {end}. Todas las horas en {zone}.",
    starting_cannot="¿No puedes? Pide un cambio a alguien, o que te cubran, en la página de guardias.",
    moved="Tus guardias han cambiado: {schedule}",
    moved_why="Alguien ha modificado las guardias. Todas las horas en {zone}.",
    now_yours="Ahora son tuyas",
    no_longer_yours="Ya no son tuyas",
    swap_asked="{name} te pide un cambio de guardia: {schedule}",
    swap_gives="Harías",
    swap_takes="{name} haría de las tuyas",
    swap_nothing="Nada a cambio.",
    swap_declined="{name} no puede cambiarte la guardia: {schedule}",
    cover_asked="{name} busca quien le cubra: {schedule}",
    cover_first="Es de quien la coja primero. Todas las horas en {zone}.",
    until_further="hasta nuevo aviso",
    see="Ver las guardias",
    footer=(
        "Recibes esto porque haces guardias. "
        "En tu página de guardias eliges con cuánta antelación se te avisa."
    ),
)

CATALAN = Words(
    starting="Estàs de guàrdia des del {start}: {schedule}",
    starting_until="Fins al {end}. Totes les hores a {zone}.",
    starting_cannot="No pots? Demana un canvi a algú, o que et cobreixin, a la pàgina de guàrdies.",
    moved="Les teves guàrdies han canviat: {schedule}",
    moved_why="Algú ha modificat les guàrdies. Totes les hores a {zone}.",
    now_yours="Ara són teves",
    no_longer_yours="Ja no són teves",
    swap_asked="{name} et demana un canvi de guàrdia: {schedule}",
    swap_gives="Faries",
    swap_takes="{name} faria de les teves",
    swap_nothing="Res a canvi.",
    swap_declined="{name} no et pot canviar la guàrdia: {schedule}",
    cover_asked="{name} busca qui el cobreixi: {schedule}",
    cover_first="És de qui l'agafi primer. Totes les hores a {zone}.",
    until_further="fins a nou avís",
    see="Veure les guàrdies",
    footer=(
        "Reps això perquè fas guàrdies. A la teva pàgina de guàrdies tries amb quanta antelació se t'avisa."
    ),
)

FRENCH = Words(
    starting="Vous êtes d'astreinte à partir du {start} : {schedule}",
    starting_until="Jusqu'au {end}. Toutes les heures sont à {zone}.",
    starting_cannot=(
        "Vous ne pouvez pas ? Proposez un échange à quelqu'un, ou demandez à tous un remplacement, "
        "sur la page des astreintes."
    ),
    moved="Vos astreintes ont changé : {schedule}",
    moved_why="Quelqu'un a modifié le planning. Toutes les heures sont à {zone}.",
    now_yours="Désormais à vous",
    no_longer_yours="Plus à vous",
    swap_asked="{name} vous propose un échange d'astreinte : {schedule}",
    swap_gives="Vous prendriez",
    swap_takes="{name} prendrait de vous",
    swap_nothing="Rien en retour.",
    swap_declined="{name} ne peut pas échanger avec vous : {schedule}",
    cover_asked="{name} cherche un remplacement : {schedule}",
    cover_first="Le premier qui la prend l'a. Toutes les heures sont à {zone}.",
    until_further="jusqu'à nouvel ordre",
    see="Voir les astreintes",
    footer=(
        "Vous recevez ceci car vous êtes d'astreinte. Sur votre page d'astreinte, vous choisissez combien "
        "de temps à l'avance vous êtes prévenu."
    ),
)

WORDS = {"en": ENGLISH, "es": SPANISH, "ca": CATALAN, "fr": FRENCH}


def words(language: str) -> Words:
    """The phrases of a language; English for any other."""
    return WORDS.get(language, ENGLISH)
