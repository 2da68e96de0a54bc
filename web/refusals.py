"""Why anything may be refused, in the languages beside English; what one form alone says stays English."""

from __future__ import annotations

from kit.languages import Table

REFUSALS: Table = {
    "This form is too old or came from elsewhere. Reload the page and send it again.": (
        "Este formulario es demasiado antiguo o viene de otro sitio. Recargue la página y envíelo de nuevo.",
        "Aquest formulari és massa antic o ve d’un altre lloc. Recarregueu la pàgina i torneu-lo a enviar.",
        "Ce formulaire est trop ancien ou vient d’ailleurs. Rechargez la page et renvoyez-le.",
    ),
    "This request came from another site, so it was not carried out. Open the page here and try again.": (
        "Esta petición venía de otro sitio y no se ha ejecutado. Abra la página aquí e inténtelo de nuevo.",
        "Aquesta petició venia d’un altre lloc i no s’ha executat. Obriu la pàgina aquí i torneu-ho a fer.",
        "Cette demande venait d’un autre site et n’a pas été exécutée. Ouvrez la page ici et réessayez.",
    ),
    "This form cannot be read.": (
        "Este formulario no se puede leer.",
        "Aquest formulari no es pot llegir.",
        "Ce formulaire est illisible.",
    ),
    "Sign in to see this page.": (
        "Inicie sesión para ver esta página.",
        "Inicieu sessió per veure aquesta pàgina.",
        "Connectez-vous pour voir cette page.",
    ),
    "There is no such page.": (
        "Esta página no existe.",
        "Aquesta pàgina no existeix.",
        "Cette page n’existe pas.",
    ),
    "Something went wrong here. It has been recorded.": (
        "Algo ha fallado aquí. Ha quedado registrado.",
        "Alguna cosa ha fallat aquí. Ha quedat registrat.",
        "Quelque chose a échoué ici. C’est enregistré.",
    ),
    "Only admins and responders may do this.": (
        "Solo pueden hacerlo quienes administran o intervienen.",
        "Només ho poden fer els qui administren o intervenen.",
        "Seuls les administrateurs et les intervenants le peuvent.",
    ),
    "Only admins may do this.": (
        "Solo pueden hacerlo los administradores.",
        "Només ho poden fer els administradors.",
        "Seuls les administrateurs le peuvent.",
    ),
    "This address and password do not go together.": (
        "Esta dirección y esta contraseña no se corresponden.",
        "Aquesta adreça i aquesta contrasenya no es corresponen.",
        "Cette adresse et ce mot de passe ne vont pas ensemble.",
    ),
    "Too many failed tries for this address. Try again in a quarter of an hour.": (
        "Demasiados intentos fallidos con esta dirección. Inténtelo de nuevo dentro de un cuarto de hora.",
        "Massa intents fallits amb aquesta adreça. Torneu-ho a provar d’aquí a un quart d’hora.",
        "Trop d’essais manqués pour cette adresse. Réessayez dans un quart d’heure.",
    ),
}
