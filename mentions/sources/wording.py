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
    "The query in Brandwatch whose mentions are read.": (
        "La consulta de Brandwatch cuyas menciones se leen.",
        "La consulta de Brandwatch les mencions de la qual es llegeixen.",
        "La requête Brandwatch dont les mentions sont lues.",
    ),
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
    "public (all the server sees), public:local, public:remote, hashtag, hashtag:local or list": (
        "public (todo lo que ve el servidor), public:local, public:remote, hashtag, hashtag:local o list",
        "public (tot el que veu el servidor), public:local, public:remote, hashtag, hashtag:local o list",
        "public (tout ce que voit le serveur), public:local, public:remote, hashtag, hashtag:local ou list",
    ),
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
    "Its id; it keeps what it found for seven days": (
        "Su id; guarda lo que encontró durante siete días",
        "El seu id; guarda el que ha trobat durant set dies",
        "Son id ; il garde sept jours ce qu’il a trouvé",
    ),
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
}
