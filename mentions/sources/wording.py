"""What people read when they connect a source, in the languages of the house. The kinds say it in English."""

from __future__ import annotations

from kit.languages import Table, translated


def said(text: str, language: str) -> str:
    """The text in this language; as it is where it is a name, or where there are no words for it."""
    return translated(WORDS, text, language)


NAMES = frozenset({"Bluesky (Jetstream)", "Mastodon", "Reddit"})
"""The same in every language."""

WORDS: Table = {
    "Brandwatch (API)": ("Brandwatch (API)", "Brandwatch (API)", "Brandwatch (API)"),
    "Project number": ("Número de proyecto", "Número de projecte", "Numéro de projet"),
    "Query number": ("Número de consulta", "Número de consulta", "Numéro de requête"),
    "Access token": ("Token de acceso", "Token d’accés", "Jeton d’accès"),
    "Address of the API": ("Dirección de la API", "Adreça de l’API", "Adresse de l’API"),
    "GDELT (world news)": (
        "GDELT (noticias del mundo)",
        "GDELT (notícies del món)",
        "GDELT (actualités du monde)",
    ),
    "Search": ("Búsqueda", "Cerca", "Recherche"),
    'GDELT\'s own words: "almadia ferries" (sourcelang:spanish OR sourcelang:french)': (
        'En las palabras de GDELT: "almadia ferries" (sourcelang:spanish OR sourcelang:french)',
        'Amb les paraules de GDELT: "almadia ferries" (sourcelang:spanish OR sourcelang:french)',
        'Dans les mots de GDELT : "almadia ferries" (sourcelang:spanish OR sourcelang:french)',
    ),
    "Server": ("Servidor", "Servidor", "Serveur"),
    "A Jetstream server, yours or one of Bluesky's": (
        "Un servidor Jetstream, tuyo o de Bluesky",
        "Un servidor Jetstream, teu o de Bluesky",
        "Un serveur Jetstream, le vôtre ou un de Bluesky",
    ),
    "Version": ("Versión", "Versió", "Version"),
    "v1 (/subscribe) or v2 (subscribeEvents)": (
        "v1 (/subscribe) o v2 (subscribeEvents)",
        "v1 (/subscribe) o v2 (subscribeEvents)",
        "v1 (/subscribe) ou v2 (subscribeEvents)",
    ),
    "Only these accounts": ("Solo estas cuentas", "Només aquests comptes", "Seulement ces comptes"),
    "Their DIDs, separated by spaces; empty: everybody": (
        "Sus DID, separados por espacios; vacío: todas",
        "Els seus DID, separats per espais; buit: tothom",
        "Leurs DID, séparés par des espaces ; vide : tout le monde",
    ),
    "Address of one server of the fediverse: https://mastodon.example": (
        "Dirección de un servidor del fediverso: https://mastodon.example",
        "Adreça d’un servidor del fedivers: https://mastodon.example",
        "Adresse d’un serveur du fédivers : https://mastodon.example",
    ),
    "From Preferences, Development on the server; most servers demand one. Scope: read:statuses.": (
        "En Preferencias, Desarrollo del servidor; la mayoría lo exige. Permiso: read:statuses.",
        "A Preferències, Desenvolupament del servidor; la majoria l’exigeix. Permís: read:statuses.",
        "Dans Préférences, Développement du serveur ; la plupart l’exigent. Portée : read:statuses.",
    ),
    "Stream": ("Flujo", "Flux", "Flux"),
    "Hashtag": ("Etiqueta", "Etiqueta", "Mot-dièse"),
    "For the stream of a hashtag, without #": (
        "Para el flujo de una etiqueta, sin #",
        "Per al flux d’una etiqueta, sense #",
        "Pour le flux d’un mot-dièse, sans #",
    ),
    "List": ("Lista", "Llista", "Liste"),
    "For the stream of a list: its number": (
        "Para el flujo de una lista: su número",
        "Per al flux d’una llista: el seu número",
        "Pour le flux d’une liste : son numéro",
    ),
    "Transport": ("Transporte", "Transport", "Transport"),
    "sse, or websocket where a proxy cuts long answers": (
        "sse, o websocket si un proxy corta las respuestas largas",
        "sse, o websocket si un proxy talla les respostes llargues",
        "sse, ou websocket si un proxy coupe les longues réponses",
    ),
    "Mastodon search": ("Búsqueda en Mastodon", "Cerca a Mastodon", "Recherche Mastodon"),
    "Scope: read:search.": ("Permiso: read:search.", "Permís: read:search.", "Portée : read:search."),
    "Words as in the server's own search": (
        "Palabras como en la búsqueda del servidor",
        "Paraules com a la cerca del servidor",
        "Des mots comme dans la recherche du serveur",
    ),
    "Meltwater (data stream or alert)": (
        "Meltwater (flujo de datos o alerta)",
        "Meltwater (flux de dades o alerta)",
        "Meltwater (flux de données ou alerte)",
    ),
    "Mention.com (API)": ("Mention.com (API)", "Mention.com (API)", "Mention.com (API)"),
    "Account id": ("Id de la cuenta", "Id del compte", "Id du compte"),
    "Alert id": ("Id de la alerta", "Id de l’alerta", "Id de l’alerte"),
    "Client id": ("Id de cliente", "Id de client", "Id du client"),
    "Of an app of type “script” or “web”, reddit.com/prefs/apps": (
        "De una aplicación de tipo «script» o «web», reddit.com/prefs/apps",
        "D’una aplicació de tipus «script» o «web», reddit.com/prefs/apps",
        "D’une application de type « script » ou « web », reddit.com/prefs/apps",
    ),
    "Client secret": ("Secreto de cliente", "Secret de client", "Secret du client"),
    "Reddit account": ("Cuenta de Reddit", "Compte de Reddit", "Compte Reddit"),
    "Reddit demands to know who runs a program, without /u/": (
        "Reddit exige saber quién usa un programa, sin /u/",
        "Reddit exigeix saber qui fa servir un programa, sense /u/",
        "Reddit exige de savoir qui utilise un programme, sans /u/",
    ),
    "Posts that Reddit's search finds; empty: all new posts": (
        "Publicaciones que encuentra la búsqueda de Reddit; vacío: todas las nuevas",
        "Publicacions que troba la cerca de Reddit; buit: totes les noves",
        "Les messages que trouve la recherche de Reddit ; vide : tous les nouveaux",
    ),
    "Communities": ("Comunidades", "Comunitats", "Communautés"),
    "Names, separated by spaces; their comments are read, too": (
        "Nombres, separados por espacios; también se leen sus comentarios",
        "Noms, separats per espais; també se’n llegeixen els comentaris",
        "Noms, séparés par des espaces ; leurs commentaires sont lus aussi",
    ),
    "RSS or Atom feed": ("Canal RSS o Atom", "Canal RSS o Atom", "Flux RSS ou Atom"),
    "Address of the feed": ("Dirección del canal", "Adreça del canal", "Adresse du flux"),
    "The feed itself, not the page about it. Google Alerts: choose “Deliver to: RSS feed”.": (
        "El canal mismo, no su página. Alertas de Google: elige «Enviar a: feed RSS».",
        "El canal mateix, no la seva pàgina. Alertes de Google: tria «Envia a: canal RSS».",
        "Le flux lui-même, pas sa page. Google Alertes : choisissez « Envoyer à : flux RSS ».",
    ),
    "Talkwalker (stream)": ("Talkwalker (flujo)", "Talkwalker (flux)", "Talkwalker (flux)"),
    "Collector": ("Colector", "Col·lector", "Collecteur"),
    "The API application's read token": (
        "El token de lectura de la aplicación de la API",
        "El token de lectura de l’aplicació de l’API",
        "Le jeton de lecture de l’application de l’API",
    ),
    "Webhook (JSON of any shape)": (
        "Webhook (JSON de cualquier forma)",
        "Webhook (JSON de qualsevol forma)",
        "Webhook (JSON de toute forme)",
    ),
    "Items": ("Elementos", "Elements", "Éléments"),
    "Where it stands: user.name, $.tags[*].label, =a constant; several with | between.": (
        "Dónde está: user.name, $.tags[*].label, =una constante; varios con | entre ellos.",
        "On és: user.name, $.tags[*].label, =una constant; diversos amb | entremig.",
        "Où cela se trouve : user.name, $.tags[*].label, =une constante ; plusieurs avec | entre eux.",
    ),
    "ID": ("ID", "ID", "ID"),
    "Text": ("Texto", "Text", "Texte"),
    "Time": ("Hora", "Hora", "Heure"),
    "Author": ("Autor", "Autor", "Auteur"),
    "Followers": ("Seguidores", "Seguidors", "Abonnés"),
    "Link": ("Enlace", "Enllaç", "Lien"),
    "Language": ("Idioma", "Llengua", "Langue"),
    "Title": ("Título", "Títol", "Titre"),
    "Kind": ("Tipo", "Tipus", "Type"),
    "Thread": ("Conversación", "Conversa", "Conversation"),
    "Reply to": ("Respuesta a", "Resposta a", "Réponse à"),
    "Repost of": ("Repite a", "Repeteix", "Reprise de"),
    "Reach": ("Alcance", "Abast", "Portée"),
    "Country": ("País", "País", "Pays"),
    "Place": ("Lugar", "Lloc", "Lieu"),
    "URI": ("URI", "URI", "URI"),
    "Revised at": ("Editado", "Editat", "Modifié"),
    "Arrived at": ("Llegada", "Arribada", "Arrivée"),
    "Deleted": ("Borrado", "Esborrat", "Supprimé"),
    "Domain": ("Dominio", "Domini", "Domaine"),
    "YouTube comments": ("Comentarios de YouTube", "Comentaris de YouTube", "Commentaires YouTube"),
    "API key": ("Clave de la API", "Clau de l’API", "Clé de l’API"),
    "Of a Google Cloud project with YouTube Data API v3": (
        "De un proyecto de Google Cloud con YouTube Data API v3",
        "D’un projecte de Google Cloud amb YouTube Data API v3",
        "D’un projet Google Cloud avec YouTube Data API v3",
    ),
    "Channel": ("Canal", "Canal", "Chaîne"),
    "Its id (UC…): comments on all its videos": (
        "Su id (UC…): comentarios de todos sus vídeos",
        "El seu id (UC…): comentaris de tots els seus vídeos",
        "Son id (UC…) : commentaires de toutes ses vidéos",
    ),
    "Videos": ("Vídeos", "Vídeos", "Vidéos"),
    "Their ids, separated by spaces": (
        "Sus id, separados por espacios",
        "Els seus id, separats per espais",
        "Leurs id, séparés par des espaces",
    ),
    "The API lists projects under /projects/summary.": (
        "La API enumera los proyectos en /projects/summary.",
        "L’API enumera els projectes a /projects/summary.",
        "L’API énumère les projets sous /projects/summary.",
    ),
    "Of the query whose mentions are read; listed under /projects/…/queries/summary.": (
        "De la consulta cuyas menciones se leen; figura en /projects/…/queries/summary.",
        "De la consulta les mencions de la qual es llegeixen; consta a /projects/…/queries/summary.",
        "De la requête dont les mentions sont lues ; elle figure sous /projects/…/queries/summary.",
    ),
    "A user of Brandwatch with the role Regular or Admin gets an access token from its API, as "
    "developers.brandwatch.com says under “Authentication”. It is good for a year, unless Brandwatch "
    "says otherwise: then put in a new one.": (
        "Un usuario de Brandwatch con el rol Regular o Admin obtiene de su API un token de acceso, "
        "como explica developers.brandwatch.com en «Authentication». Vale un año, salvo que "
        "Brandwatch diga otra cosa: después, pon uno nuevo.",
        "Un usuari de Brandwatch amb el rol Regular o Admin obté de la seva API un token d’accés, "
        "com explica developers.brandwatch.com a «Authentication». Val un any, si Brandwatch no diu "
        "una altra cosa: després, posa’n un de nou.",
        "Un utilisateur de Brandwatch ayant le rôle Regular ou Admin obtient de son API un jeton "
        "d’accès, comme l’explique developers.brandwatch.com sous « Authentication ». Il vaut un an, "
        "sauf avis contraire de Brandwatch : ensuite, mettez-en un nouveau.",
    ),
    "The API tells it under /api/accounts/me.": (
        "La API lo dice en /api/accounts/me.",
        "L’API el diu a /api/accounts/me.",
        "L’API le donne sous /api/accounts/me.",
    ),
    "Of the alert whose mentions are read; listed under /api/accounts/…/alerts.": (
        "De la alerta cuyas menciones se leen; figura en /api/accounts/…/alerts.",
        "De l’alerta les mencions de la qual es llegeixen; consta a /api/accounts/…/alerts.",
        "De l’alerte dont les mentions sont lues ; elle figure sous /api/accounts/…/alerts.",
    ),
    "Create an app at Mention, as dev.mention.com says under “Authentication”: at the bottom of its "
    "page stands the access token of your account. It opens the whole account, so give it to nobody "
    "else.": (
        "Crea una aplicación en Mention, como explica dev.mention.com en «Authentication»: al final "
        "de su página está el token de acceso de tu cuenta. Abre toda la cuenta: no se lo des a "
        "nadie más.",
        "Crea una aplicació a Mention, com explica dev.mention.com a «Authentication»: al final de "
        "la seva pàgina hi ha el token d’accés del teu compte. Obre tot el compte: no el donis a "
        "ningú més.",
        "Créez une application chez Mention, comme l’explique dev.mention.com sous « Authentication "
        "» : au bas de sa page se trouve le jeton d’accès de votre compte. Il ouvre tout le compte : "
        "ne le donnez à personne d’autre.",
    ),
    "Its id: small letters, digits, - and _; it keeps what it found for seven days": (
        "Su id: minúsculas, cifras, - y _; guarda lo que encontró durante siete días",
        "El seu id: minúscules, xifres, - i _; guarda el que ha trobat durant set dies",
        "Son id : minuscules, chiffres, - et _ ; il garde sept jours ce qu’il a trouvé",
    ),
    "Set up a collector with Talkwalker's API, as developer.talkwalker.com says under “Collectors”. "
    "What it finds costs a credit each, whether or not anybody reads it.": (
        "Crea un colector con la API de Talkwalker, como explica developer.talkwalker.com en "
        "«Collectors». Cada cosa que encuentra cuesta un crédito, la lea alguien o no.",
        "Crea un col·lector amb l’API de Talkwalker, com explica developer.talkwalker.com a "
        "«Collectors». Cada cosa que troba costa un crèdit, la llegeixi algú o no.",
        "Créez un collecteur avec l’API de Talkwalker, comme l’explique developer.talkwalker.com "
        "sous « Collectors ». Chaque chose qu’il trouve coûte un crédit, qu’on la lise ou non.",
    ),
    "Once connected it has an address that needs no signature. Give that to "
    "Meltwater: to a Smart Alert of the type “Every Mention” as its Generic Webhook, or to the API "
    "of the package “Data Streams” as the target_url of a hook for a saved search.": (
        "Una vez conectada, tiene una dirección que no necesita firma. Dásela a Meltwater: a "
        "una Smart Alert de tipo «Every Mention» como su Generic Webhook, o a la API del paquete "
        "«Data Streams» como target_url de un hook para una búsqueda guardada.",
        "Un cop connectada, té una adreça que no necessita signatura. Dona-la a Meltwater: "
        "a una Smart Alert del tipus «Every Mention» com a Generic Webhook, o a l’API del paquet "
        "«Data Streams» com a target_url d’un hook per a una cerca desada.",
        "Une fois connectée, elle a une adresse qui ne demande pas de signature. "
        "Donnez-la à Meltwater : à une Smart Alert de type « Every Mention » comme Generic Webhook, "
        "ou à l’API de l’offre « Data Streams » comme target_url d’un hook pour une recherche "
        "enregistrée.",
    ),
    "Once connected it has an address, a secret and a second address that needs no "
    "signature. A suite is given the second address and nothing else. A program that can sign posts "
    "to the first, and signs with the secret in the headers X-Tocsin-Timestamp and "
    "X-Tocsin-Signature.": (
        "Una vez conectada, tiene una dirección, un secreto y una segunda dirección que no "
        "necesita firma. A una herramienta se le da la segunda dirección y nada más. Un programa que "
        "puede firmar envía a la primera y firma con el secreto en las cabeceras X-Tocsin-Timestamp "
        "y X-Tocsin-Signature.",
        "Un cop connectada, té una adreça, un secret i una segona adreça que no necessita "
        "signatura. A una eina se li dona la segona adreça i res més. Un programa que pot signar "
        "envia a la primera i signa amb el secret a les capçaleres X-Tocsin-Timestamp i "
        "X-Tocsin-Signature.",
        "Une fois connectée, elle a une adresse, un secret et une seconde adresse qui ne "
        "demande pas de signature. À un outil, on donne la seconde adresse et rien d’autre. Un "
        "programme qui peut signer envoie à la première et signe avec le secret dans les en-têtes "
        "X-Tocsin-Timestamp et X-Tocsin-Signature.",
    ),
    "public: all that the server sees; local: written there; remote: elsewhere": (
        "public: todo lo que ve el servidor; local: lo escrito en él; remote: en otros",
        "public: tot el que veu el servidor; local: el que s’hi escriu; remote: en altres",
        "public : tout ce que voit le serveur ; local : écrit chez lui ; remote : ailleurs",
    ),
}
