"""How a claim was computed, and why something else comes out now: told in the other languages."""

from __future__ import annotations

from alerts.levels import NAMES
from kit.phrasebook import Phrasebook

EXPLAINED = Phrasebook(
    {
        # why it cannot be computed again, or not to the same figures
        "Nothing was kept with this alert to compute it from: an older version of Tocsin opened it, or it"
        " failed.": (
            "Con esta alerta no se guardó nada de lo que calcularla: la abrió una versión anterior, o falló.",
            "Amb aquesta alerta no es va desar res d’on calcular-la: la va obrir una versió "
            "anterior, o va fallar.",
            "Rien n’a été gardé avec cette alerte pour la calculer : une version antérieure l’a "
            "ouverte, ou échec.",
        ),
        "What was kept with this alert belongs to an earlier claim: to keep that of this one failed.": (
            "Lo guardado con esta alerta es de una afirmación anterior: guardar lo de esta falló.",
            "El que es va desar amb aquesta alerta és d’una afirmació anterior: desar el "
            "d’aquesta va fallar.",
            "Ce qui a été gardé appartient à un constat antérieur : garder celui de ce constat a échoué.",
        ),
        "No such thing is found in what is stored now: mentions were taken back, corrected or dropped.": (
            "Nada así hay en lo guardado ahora: hubo menciones retiradas, corregidas o eliminadas.",
            "No hi ha res així en el que hi ha desat ara: hi ha hagut mencions retirades, "
            "corregides o eliminades.",
            "Rien de tel dans ce qui est gardé maintenant : des mentions ont été retirées, "
            "corrigées ou effacées.",
        ),
        "Mentions were taken back, corrected or dropped since, or stored late.": (
            "Desde entonces hubo menciones retiradas, corregidas o eliminadas, o guardadas tarde.",
            "Des de llavors hi ha hagut mencions retirades, corregides o eliminades, o desades tard.",
            "Depuis, des mentions ont été retirées, corrigées ou effacées, ou gardées en retard.",
        ),
        "Another tool raised this alert; how it came to that is known there.": (
            "Esta alerta la dio otra herramienta; allí se sabe cómo.",
            "Aquesta alerta la va donar una altra eina; allà se sap com.",
            "Un autre outil a donné cette alerte ; c’est là-bas qu’on sait comment.",
        ),
        "This alert rests on no count that is compared with a usual one ({family}).": (
            "Esta alerta no se basa en una cuenta que se compare con la habitual ({family}).",
            "Aquesta alerta no es basa en cap recompte que es compari amb l’habitual ({family}).",
            "Cette alerte ne repose pas sur un compte comparé à l’habituel ({family}).",
        ),
        "It was computed by formula {formula}; this version of Tocsin computes {ours}.": (
            "Se calculó con la fórmula {formula}; esta versión de Tocsin calcula {ours}.",
            "Es va calcular amb la fórmula {formula}; aquesta versió de Tocsin calcula {ours}.",
            "Elle a été calculée par la formule {formula} ; cette version de Tocsin calcule {ours}.",
        ),
        "Its severity was weighed by formula {formula}; this version of Tocsin weighs by {ours}.": (
            "Su gravedad se pesó con la fórmula {formula}; esta versión de Tocsin pesa con {ours}.",
            "La seva gravetat es va pesar amb la fórmula {formula}; aquesta versió de Tocsin pesa "
            "amb {ours}.",
            "Sa gravité a été pesée par la formule {formula} ; cette version de Tocsin pèse par {ours}.",
        ),
        "What is stored of {times} was changed since the detector saw it.": (
            "Lo guardado de {times} ha cambiado desde que el detector lo vio.",
            "El que hi ha desat de {times} ha canviat des que el detector ho va veure.",
            "Ce qui est gardé de {times} a changé depuis que le détecteur l’a vu.",
        ),
        "{shown} UTC and {count} more minutes": (
            "{shown} UTC y {count} minutos más",
            "{shown} UTC i {count} minuts més",
            "{shown} UTC et {count} minutes de plus",
        ),
        "The detector judged some of the minutes before all of their mentions were stored, or later than"
        " usual.": (
            "El detector juzgó algunos minutos antes de que se guardaran todas sus menciones, o más tarde "
            "de lo habitual.",
            "El detector va jutjar alguns minuts abans que se’n desessin totes les mencions, o més tard "
            "del que és habitual.",
            "Le détecteur a jugé certaines minutes avant que toutes leurs mentions ne soient gardées, ou "
            "plus tard que d’habitude.",
        ),
        "The brand's time zone was changed at {time} UTC.": (
            "La zona horaria de la marca se cambió el {time} UTC.",
            "La zona horària de la marca es va canviar el {time} UTC.",
            "Le fuseau horaire de la marque a été changé le {time} UTC.",
        ),
        "The public holidays of the audience were changed at {time} UTC.": (
            "Los festivos del público se cambiaron el {time} UTC.",
            "Els festius del públic es van canviar el {time} UTC.",
            "Les jours fériés du public ont été changés le {time} UTC.",
        ),
        "The holiday “{title}” was announced at {time} UTC.": (
            "El festivo «{title}» se anunció el {time} UTC.",
            "El festiu «{title}» es va anunciar el {time} UTC.",
            "Le jour férié « {title} » a été annoncé le {time} UTC.",
        ),
        "The holiday “{title}” was changed at {time} UTC.": (
            "El festivo «{title}» se cambió el {time} UTC.",
            "El festiu «{title}» es va canviar el {time} UTC.",
            "Le jour férié « {title} » a été changé le {time} UTC.",
        ),
        "The holiday “{title}” was taken back at {time} UTC.": (
            "El festivo «{title}» se retiró el {time} UTC.",
            "El festiu «{title}» es va retirar el {time} UTC.",
            "Le jour férié « {title} » a été retiré le {time} UTC.",
        ),
        "The campaign “{title}” was announced at {time} UTC.": (
            "La campaña «{title}» se anunció el {time} UTC.",
            "La campanya «{title}» es va anunciar el {time} UTC.",
            "La campagne « {title} » a été annoncée le {time} UTC.",
        ),
        "The campaign “{title}” was changed at {time} UTC.": (
            "La campaña «{title}» se cambió el {time} UTC.",
            "La campanya «{title}» es va canviar el {time} UTC.",
            "La campagne « {title} » a été changée le {time} UTC.",
        ),
        "The campaign “{title}” was taken back at {time} UTC.": (
            "La campaña «{title}» se retiró el {time} UTC.",
            "La campanya «{title}» es va retirar el {time} UTC.",
            "La campagne « {title} » a été retirée le {time} UTC.",
        ),
        # what is left of the mentions
        "The mentions have expired: it is computed from the numbers that were kept with it.": (
            "Las menciones han caducado: se calcula con los números que se guardaron con ella.",
            "Les mencions han caducat: es calcula amb els números que es van desar amb ella.",
            "Les mentions ont expiré : le calcul part des chiffres gardés avec elle.",
        ),
        "The mentions have expired, {expired} of {count}; their counts have not.": (
            "Las menciones han caducado, {expired} de {count}; sus recuentos, no.",
            "Les mencions han caducat, {expired} de {count}; els seus recomptes, no.",
            "Les mentions ont expiré, {expired} sur {count} ; leurs comptes, non.",
        ),
        "Of {count} mentions {back} were taken back or erased; they stay counted.": (
            "De {count} menciones, {back} se retiraron o se borraron; siguen contadas.",
            "De {count} mencions, {back} es van retirar o esborrar; continuen comptades.",
            "Sur {count} mentions, {back} ont été retirées ou effacées ; elles restent comptées.",
        ),
        "Recomputed from the numbers that were kept with it: the same to the digit.": (
            "Calculado de nuevo con los números guardados con ella: lo mismo hasta la última cifra.",
            "Calculat de nou amb els números desats amb ella: el mateix fins a l’última xifra.",
            "Recalculée depuis les chiffres gardés avec elle : pareil au chiffre près.",
        ),
        # what was claimed, and what came out
        "Observed x = {x} in {minutes} min since {time}.": (
            "Observado x = {x} en {minutes} min desde {time}.",
            "Observat x = {x} en {minutes} min des de {time}.",
            "Observé x = {x} en {minutes} min depuis {time}.",
        ),
        "Expected m = {m}, spread {spread}, dispersion d = {d}, ratio x/m = {ratio}.": (
            "Esperado m = {m}, amplitud {spread}, dispersión d = {d}, razón x/m = {ratio}.",
            "Esperat m = {m}, amplitud {spread}, dispersió d = {d}, raó x/m = {ratio}.",
            "Attendu m = {m}, étendue {spread}, dispersion d = {d}, rapport x/m = {ratio}.",
        ),
        "Of n = {n}; usual share p = {p}.": (
            "De n = {n}; parte habitual p = {p}.",
            "De n = {n}; part habitual p = {p}.",
            "Sur n = {n} ; part habituelle p = {p}.",
        ),
        "Words looked at: {count}.": (
            "Palabras examinadas: {count}.",
            "Paraules examinades: {count}.",
            "Mots examinés : {count}.",
        ),
        "Compared with {days} days of minutes: {state}.": (
            "Comparado con {days} días de minutos: {state}.",
            "Comparat amb {days} dies de minuts: {state}.",
            "Comparé à {days} jours de minutes : {state}.",
        ),
        "Put aside: {count} mentions of {source}, which began at {time}.": (
            "Apartadas: {count} menciones de {source}, que empezó el {time}.",
            "Apartades: {count} mencions de {source}, que va començar el {time}.",
            "Mises de côté : {count} mentions de {source}, qui a commencé le {time}.",
        ),
        "Without {source}, {state} since {time}: usually {share} of what is said.": (
            "Sin {source}, {state} desde {time}: suele traer el {share} de lo que se dice.",
            "Sense {source}, {state} des de {time}: sol portar el {share} del que es diu.",
            "Sans {source}, {state} depuis {time} : d’habitude {share} de ce qui se dit.",
        ),
        "silent": ("en silencio", "en silenci", "silencieuse"),
        "failing": ("sin funcionar", "sense funcionar", "en panne"),
        "enough history": ("historial suficiente", "historial suficient", "historique suffisant"),
        "insufficient history": (
            "historial insuficiente",
            "historial insuficient",
            "historique insuffisant",
        ),
        "Needed: score {score}, ratio {ratio}, mentions {floor}.": (
            "Necesario: puntuación {score}, razón {ratio}, menciones {floor}.",
            "Necessari: puntuació {score}, raó {ratio}, mencions {floor}.",
            "Requis : score {score}, rapport {ratio}, mentions {floor}.",
        ),
        "Level {level}: {points} points of severity.": (
            "Nivel {level}: {points} puntos de gravedad.",
            "Nivell {level}: {points} punts de gravetat.",
            "Niveau {level} : {points} points de gravité.",
        ),
        "Level {level}: 1 point of severity.": (
            "Nivel {level}: 1 punto de gravedad.",
            "Nivell {level}: 1 punt de gravetat.",
            "Niveau {level} : 1 point de gravité.",
        ),
        **NAMES,
        "About: {terms}.": ("Sobre: {terms}.", "Sobre: {terms}.", "À propos de : {terms}."),
        "Recomputed from the stored {stored} since {since}: the same to the digit.": (
            "Calculado de nuevo con lo guardado ({stored}) desde {since}: lo mismo hasta la última cifra.",
            "Calculat de nou amb el que hi ha desat ({stored}) des de {since}: el mateix fins a "
            "l’última xifra.",
            "Recalculée depuis ce qui est gardé ({stored}) à partir de {since} : pareil au chiffre près.",
        ),
        "Recomputed from the stored {stored} since {since}, from the state that was put aside then:"
        " the same to the digit.": (
            "Calculado de nuevo con lo guardado ({stored}) desde {since}, desde el estado que se "
            "apartó entonces: "
            "lo mismo hasta la última cifra.",
            "Calculat de nou amb el que hi ha desat ({stored}) des de {since}, des de l’estat que "
            "es va apartar "
            "llavors: el mateix fins a l’última xifra.",
            "Recalculée depuis ce qui est gardé ({stored}) à partir de {since}, depuis l’état mis "
            "de côté alors : "
            "pareil au chiffre près.",
        ),
        "mentions": ("menciones", "mencions", "mentions"),
        "minutes": ("minutos", "minuts", "minutes"),
        "It begins there, and no earlier: {why}": (
            "Empieza ahí, y no antes: {why}",
            "Comença aquí, i no abans: {why}",
            "Le calcul commence là, et pas plus tôt : {why}",
        ),
        "Cannot be recomputed: {why}": (
            "No se puede calcular de nuevo: {why}",
            "No es pot calcular de nou: {why}",
            "Ne peut être recalculée : {why}",
        ),
        "Not the same: {why}": ("No es lo mismo: {why}", "No és el mateix: {why}", "Pas pareil : {why}"),
        "{name}: claimed {then}, now {now}": (
            "{name}: afirmado {then}, ahora {now}",
            "{name}: afirmat {then}, ara {now}",
            "{name} : affirmé {then}, maintenant {now}",
        ),
    }
)
