"""Why a source cannot be read or reached, in the languages of the house. It is stored in English."""

from __future__ import annotations

from kit import unreachable
from kit.phrasebook import Phrasebook
from mentions.sources.faults import FAULTS

TROUBLES = Phrasebook(
    {
        **FAULTS.table,
        # from what an outage was judged (silence.py)
        "Nothing was kept with this outage: an older version of Tocsin noticed it.": (
            "Con esta caída no se guardó nada: la notó una versión anterior de Tocsin.",
            "Amb aquesta caiguda no es va desar res: la va notar una versió anterior de Tocsin.",
            "Rien n’a été gardé avec cette panne : une version antérieure de Tocsin l’a remarquée.",
        ),
        "It was judged by formula {formula}; this version of Tocsin judges by {ours}.": (
            "Se juzgó con la fórmula {formula}; esta versión de Tocsin juzga con {ours}.",
            "Es va jutjar amb la fórmula {formula}; aquesta versió de Tocsin jutja amb {ours}.",
            "Elle a été jugée par la formule {formula} ; cette version de Tocsin juge par {ours}.",
        ),
        "The last item came at {since}; at {at} nothing had come for {gap} s.": (
            "Lo último llegó a las {since}; a las {at} no había llegado nada en {gap} s.",
            "L’última cosa va arribar a {since}; a {at} no havia arribat res en {gap} s.",
            "Le dernier élément est arrivé à {since} ; à {at}, rien n’était venu depuis {gap} s.",
        ),
        "It was switched on at {since}; at {at} nothing had come for {gap} s.": (
            "Se activó a las {since}; a las {at} no había llegado nada en {gap} s.",
            "Es va activar a {since}; a {at} no havia arribat res en {gap} s.",
            "Elle a été activée à {since} ; à {at}, rien n’était venu depuis {gap} s.",
        ),
        "People set that nothing may come for {allowed} s.": (
            "Alguien fijó que puede no llegar nada durante {allowed} s.",
            "Algú va fixar que pot no arribar res durant {allowed} s.",
            "Il a été fixé que rien ne peut venir pendant {allowed} s.",
        ),
        "Its rhythm is known of {count} hours of the week, too few to go by ({few}): nothing may come for"
        " {allowed} s.": (
            "De su ritmo se conocen {count} horas de la semana, muy pocas ({few}): puede no llegar"
            " nada durante"
            " {allowed} s.",
            "Del seu ritme es coneixen {count} hores de la setmana, massa poques ({few}): pot no"
            " arribar res durant"
            " {allowed} s.",
            "De son rythme, {count} heures de la semaine sont connues, trop peu ({few}) : rien ne peut venir"
            " pendant {allowed} s.",
        ),
        "Its rhythm is known of {count} hours of the week: at this hour the longest usual gap is"
        " {longest} s.": (
            "De su ritmo se conocen {count} horas de la semana: a esta hora la pausa habitual más larga es de"
            " {longest} s.",
            "Del seu ritme es coneixen {count} hores de la setmana: en aquesta hora la pausa"
            " habitual més llarga és"
            " de {longest} s.",
            "De son rythme, {count} heures de la semaine sont connues : à cette heure la plus longue pause"
            " habituelle est de {longest} s.",
        ),
        "Nothing may come for {times} times that, and {least} s at least: {allowed} s.": (
            "Puede no llegar nada durante {times} veces eso, y {least} s como mínimo: {allowed} s.",
            "Pot no arribar res durant {times} vegades això, i {least} s com a mínim: {allowed} s.",
            "Rien ne peut venir pendant {times} fois cela, et {least} s au moins : {allowed} s.",
        ),
        "It had failed since {since} when it was judged at {at}; {grace} s are borne.": (
            "Fallaba desde las {since} cuando se juzgó a las {at}; se toleran {grace} s.",
            "Fallava des de {since} quan es va jutjar a {at}; es toleren {grace} s.",
            "Elle échouait depuis {since} quand elle a été jugée à {at} ; {grace} s sont tolérées.",
        ),
        "It was asked at {asked}, is asked every {every} s, and nobody had asked it {late} s after"
        " that at {at}.": (
            "Se consultó a las {asked}, se consulta cada {every} s, y {late} s después nadie lo"
            " había hecho a las"
            " {at}.",
            "Es va consultar a {asked}, es consulta cada {every} s, i {late} s després ningú no ho"
            " havia fet a"
            " {at}.",
            "Elle a été interrogée à {asked}, elle l’est toutes les {every} s, et {late} s après personne ne"
            " l’avait fait à {at}.",
        ),
        "Judged again from these figures ({formula}): the same to the digit.": (
            "Juzgado de nuevo con estas cifras ({formula}): lo mismo hasta la última cifra.",
            "Jutjat de nou amb aquestes xifres ({formula}): el mateix fins a l’última xifra.",
            "Jugé de nouveau d’après ces chiffres ({formula}) : pareil au chiffre près.",
        ),
        "Not the same: {name}: claimed {then}, now {now}": (
            "No es lo mismo: {name}: afirmado {then}, ahora {now}",
            "No és el mateix: {name}: afirmat {then}, ara {now}",
            "Pas pareil : {name} : affirmé {then}, maintenant {now}",
        ),
        "It did not answer within {seconds} seconds.": (
            "No respondió en {seconds} segundos.",
            "No va respondre en {seconds} segons.",
            "Pas de réponse en {seconds} secondes.",
        ),
        "The connection ended before anything came.": (
            "La conexión terminó antes de que llegara nada.",
            "La connexió es va acabar abans que arribés res.",
            "La connexion a pris fin avant que rien n’arrive.",
        ),
        "Nothing came within {seconds} seconds, and no error either: the stream is quiet, or the server"
        " slow.": (
            "No llegó nada en {seconds} segundos, ni tampoco un error: el flujo está tranquilo o el servidor"
            " es lento.",
            "No va arribar res en {seconds} segons, ni tampoc cap error: el flux està tranquil o el servidor"
            " és lent.",
            "Rien n’est venu en {seconds} secondes, et aucune erreur non plus : le flux est calme ou le"
            " serveur lent.",
        ),
        "Another worker runs this source now.": (
            "Otro proceso lleva ahora esta fuente.",
            "Un altre procés porta ara aquesta font.",
            "Un autre processus conduit maintenant cette source.",
        ),
        "The connection was open, but nothing came.": (
            "La conexión estaba abierta, pero no llegó nada.",
            "La connexió era oberta, però no va arribar res.",
            "La connexion était ouverte, mais rien n’est venu.",
        ),
        "What it sent made us stumble ({error}); the log of Tocsin says where.": (
            "Lo que envió nos hizo tropezar ({error}); el registro de Tocsin dice dónde.",
            "El que va enviar ens va fer ensopegar ({error}); el registre de Tocsin diu on.",
            "Ce qu’elle a envoyé nous a fait trébucher ({error}) ; le journal de Tocsin dit où.",
        ),
        "The secret, or another setting, has a sign that cannot be sent.": (
            "El secreto, u otro ajuste, tiene un signo que no se puede enviar.",
            "El secret, o un altre ajust, té un signe que no es pot enviar.",
            "Le secret, ou un autre réglage, contient un signe qui ne peut pas être envoyé.",
        ),
        "The answer holds more than {count} values: it was not read.": (
            "La respuesta contiene más de {count} valores: no se leyó.",
            "La resposta conté més de {count} valors: no s’ha llegit.",
            "La réponse contient plus de {count} valeurs : elle n’a pas été lue.",
        ),
        "The feed holds more than is read at once: only its first {count} entries were. Ask whoever publishes"
        " it for one that tells the latest.": (
            "El canal contiene más de lo que se lee de una vez: solo sus primeras {count} entradas."
            " Pide a quien lo publica uno que cuente lo último.",
            "El canal conté més del que es llegeix d’un cop: només se n’han llegit les primeres {count}"
            " entrades. Demana a qui el publica un que expliqui l’últim.",
            "Le flux contient plus que ce qui est lu d’un coup : seules ses {count} premières entrées l’ont"
            " été. Demandez à qui le publie un flux qui donne les dernières.",
        ),
        "The answer is not JSON; is the address right?": (
            "La respuesta no es JSON; ¿es correcta la dirección?",
            "La resposta no és JSON; és correcta l’adreça?",
            "La réponse n’est pas du JSON ; l’adresse est-elle juste ?",
        ),
        "The answer is not a page of mentions; is the address right?": (
            "La respuesta no es una página de menciones; ¿es correcta la dirección?",
            "La resposta no és una pàgina de mencions; és correcta l’adreça?",
            "La réponse n’est pas une page de mentions ; l’adresse est-elle juste ?",
        ),
        "The answer took longer than {seconds} seconds.": (
            "La respuesta tardó más de {seconds} segundos.",
            "La resposta va trigar més de {seconds} segons.",
            "La réponse a pris plus de {seconds} secondes.",
        ),
        "The server did not answer in time.": (
            "El servidor no respondió a tiempo.",
            "El servidor no va respondre a temps.",
            "Le serveur n’a pas répondu à temps.",
        ),
        "The connection failed: {error}.": (
            "La conexión falló: {error}.",
            "La connexió va fallar: {error}.",
            "La connexion a échoué : {error}.",
        ),
        **unreachable.WORDS,
        # what the transport said of itself, in its own English, as it was stored before
        "All connection attempts failed": (
            "nadie responde en esa dirección",
            "ningú no respon en aquesta adreça",
            "personne ne répond à cette adresse",
        ),
        "[Errno -2] Name or service not known": (
            "no se conoce el nombre del servidor",
            "no es coneix el nom del servidor",
            "le nom du serveur est inconnu",
        ),
        "[Errno -5] No address associated with hostname": (
            "el nombre del servidor no lleva a ninguna dirección",
            "el nom del servidor no porta a cap adreça",
            "le nom du serveur ne mène à aucune adresse",
        ),
        "[Errno -3] Temporary failure in name resolution": (
            "ahora no se puede averiguar la dirección del servidor",
            "ara no es pot esbrinar l’adreça del servidor",
            "l’adresse du serveur est introuvable pour l’instant",
        ),
        "[Errno 111] Connect call failed {address}": (
            "nadie responde en {address}",
            "ningú no respon a {address}",
            "personne ne répond à {address}",
        ),
        "[Errno 104] Connection reset by peer": (
            "el servidor la cortó",
            "el servidor la va tallar",
            "le serveur l’a coupée",
        ),
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {why}": (
            "el certificado del servidor no es de fiar ({why})",
            "el certificat del servidor no és de fiar ({why})",
            "le certificat du serveur n’est pas fiable ({why})",
        ),
        "Server disconnected without sending a response": (
            "el servidor colgó sin responder",
            "el servidor va penjar sense respondre",
            "le serveur a raccroché sans répondre",
        ),
        "peer closed connection without sending complete message body ({what})": (
            "el servidor colgó a media respuesta ({what})",
            "el servidor va penjar a mitja resposta ({what})",
            "le serveur a raccroché au milieu de sa réponse ({what})",
        ),
        "ConnectError": ("no se pudo conectar", "no s’hi va poder connectar", "impossible de se connecter"),
        "ReadError": (
            "se cortó al leer la respuesta",
            "es va tallar en llegir la resposta",
            "elle s’est coupée à la lecture de la réponse",
        ),
        "WriteError": (
            "se cortó al enviar la pregunta",
            "es va tallar en enviar la pregunta",
            "elle s’est coupée à l’envoi de la question",
        ),
        "The server sent us on more than {times} times.": (
            "El servidor nos reenvió más de {times} veces.",
            "El servidor ens va reenviar més de {times} vegades.",
            "Le serveur nous a renvoyés plus de {times} fois.",
        ),
        "The server sent us on to something other than http and https.": (
            "El servidor nos reenvió a algo que no es http ni https.",
            "El servidor ens va reenviar a una cosa que no és http ni https.",
            "Le serveur nous a renvoyés ailleurs que vers http ou https.",
        ),
        "The server sent a form on to another server.": (
            "El servidor reenvió un formulario a otro servidor.",
            "El servidor va reenviar un formulari a un altre servidor.",
            "Le serveur a renvoyé un formulaire vers un autre serveur.",
        ),
        "The answer is packed as {coding}, which we did not ask for.": (
            "La respuesta viene empaquetada como {coding}, que no pedimos.",
            "La resposta ve empaquetada com a {coding}, que no vam demanar.",
            "La réponse est empaquetée en {coding}, que nous n’avons pas demandé.",
        ),
        "The answer is larger than {bytes} bytes.": (
            "La respuesta supera los {bytes} bytes.",
            "La resposta supera els {bytes} bytes.",
            "La réponse dépasse {bytes} octets.",
        ),
        "The server asks us to come less often ({status}).": (
            "El servidor pide que vengamos menos a menudo ({status}).",
            "El servidor demana que vinguem menys sovint ({status}).",
            "Le serveur demande que nous venions moins souvent ({status}).",
        ),
        "The server refuses us access ({status}): {said}": (
            "El servidor nos niega el acceso ({status}): {said}",
            "El servidor ens nega l’accés ({status}): {said}",
            "Le serveur nous refuse l’accès ({status}) : {said}",
        ),
        "The server refuses us access ({status})": (
            "El servidor nos niega el acceso ({status})",
            "El servidor ens nega l’accés ({status})",
            "Le serveur nous refuse l’accès ({status})",
        ),
        "There is nothing at this address ({status}): {said}": (
            "En esta dirección no hay nada ({status}): {said}",
            "En aquesta adreça no hi ha res ({status}): {said}",
            "Il n’y a rien à cette adresse ({status}) : {said}",
        ),
        "There is nothing at this address ({status})": (
            "En esta dirección no hay nada ({status})",
            "En aquesta adreça no hi ha res ({status})",
            "Il n’y a rien à cette adresse ({status})",
        ),
        "The server answered {status}: {said}": (
            "El servidor respondió {status}: {said}",
            "El servidor va respondre {status}: {said}",
            "Le serveur a répondu {status} : {said}",
        ),
        "The server answered {status}": (
            "El servidor respondió {status}",
            "El servidor va respondre {status}",
            "Le serveur a répondu {status}",
        ),
        "The name of the server is not known.": (
            "El nombre del servidor no se conoce.",
            "El nom del servidor no es coneix.",
            "Le nom du serveur est inconnu.",
        ),
        "The address leads to the inner network.": (
            "La dirección lleva a la red interna.",
            "L’adreça porta a la xarxa interna.",
            "L’adresse mène au réseau interne.",
        ),
        "There is no feed at this address, but something else.": (
            "En esta dirección no hay un canal, sino otra cosa.",
            "En aquesta adreça no hi ha cap canal, sinó una altra cosa.",
            "Il n’y a pas de flux à cette adresse, mais autre chose.",
        ),
        # of out-of-office calendars
        "The calendar takes too long to understand.": (
            "Se tarda demasiado en entender el calendario.",
            "Es triga massa a entendre el calendari.",
            "Le calendrier est trop long à comprendre.",
        ),
        "What the address answers is not an iCalendar.": (
            "Lo que responde la dirección no es un iCalendar.",
            "El que respon l’adreça no és un iCalendar.",
            "Ce que l’adresse répond n’est pas un iCalendar.",
        ),
        # of single kinds
        "The connection broke.": (
            "La conexión se cortó.",
            "La connexió s’ha tallat.",
            "La connexion a été coupée.",
        ),
        "The connection broke{why}.": (
            "La conexión se cortó{why}.",
            "La connexió s’ha tallat{why}.",
            "La connexion a été coupée{why}.",
        ),
        "The address is no WebSocket address: it begins with wss://.": (
            "La dirección no es de WebSocket: esas empiezan por wss://.",
            "L’adreça no és de WebSocket: aquestes comencen per wss://.",
            "L’adresse n’est pas celle d’un WebSocket : elles commencent par wss://.",
        ),
        "We read too slowly for the server; reading goes on where it stopped.": (
            "Leemos demasiado despacio para el servidor; se sigue donde se dejó.",
            "Llegim massa a poc a poc per al servidor; se segueix on es va deixar.",
            "Nous lisons trop lentement pour le serveur ; la lecture reprend où elle s’est arrêtée.",
        ),
        "The server has nothing left of {begin} to {end} UTC: what was posted then is missing.": (
            "Al servidor no le queda nada de {begin} a {end} UTC: falta lo publicado entonces.",
            "Al servidor no li queda res de {begin} a {end} UTC: falta el que es va publicar llavors.",
            "Le serveur n’a plus rien de {begin} à {end} UTC : ce qui a paru alors manque.",
        ),
        "Listening goes on.": ("Se sigue escuchando.", "Se segueix escoltant.", "L’écoute continue."),
        "The server says: {said}": (
            "El servidor dice: {said}",
            "El servidor diu: {said}",
            "Le serveur dit : {said}",
        ),
        "The server refused the stream: {said}": (
            "El servidor rechazó el flujo: {said}",
            "El servidor va rebutjar el flux: {said}",
            "Le serveur a refusé le flux : {said}",
        ),
        "The streaming server says of its health: {said}": (
            "El servidor de flujos dice de su estado: {said}",
            "El servidor de fluxos diu del seu estat: {said}",
            "Le serveur de flux dit de son état : {said}",
        ),
        "There is no stream {name}: {known}.": (
            "No hay ningún flujo {name}: {known}.",
            "No hi ha cap flux {name}: {known}.",
            "Il n’y a pas de flux {name} : {known}.",
        ),
        "The stream of a hashtag needs the hashtag.": (
            "El flujo de una etiqueta necesita la etiqueta.",
            "El flux d’una etiqueta necessita l’etiqueta.",
            "Le flux d’un mot-dièse demande le mot-dièse.",
        ),
        "The stream of a list needs the list's number.": (
            "El flujo de una lista necesita su número.",
            "El flux d’una llista en necessita el número.",
            "Le flux d’une liste demande son numéro.",
        ),
        "The timeline is not a list; is this a Mastodon server?": (
            "La cronología no es una lista; ¿es esto un servidor Mastodon?",
            "La cronologia no és una llista; és un servidor Mastodon?",
            "Le fil n’est pas une liste ; est-ce un serveur Mastodon ?",
        ),
        "The answer is no event stream; is this a Mastodon server?": (
            "La respuesta no es un flujo de eventos; ¿es esto un servidor Mastodon?",
            "La resposta no és un flux d’esdeveniments; és un servidor Mastodon?",
            "La réponse n’est pas un flux d’événements ; est-ce un serveur Mastodon ?",
        ),
        "More than {count} posts were missed while we were not connected.": (
            "Se perdieron más de {count} publicaciones mientras no había conexión.",
            "Es van perdre més de {count} publicacions mentre no hi havia connexió.",
            "Plus de {count} messages ont été manqués sans connexion.",
        ),
        "The rest of them is left out, and listening goes on from now.": (
            "El resto se omite y se escucha desde ahora.",
            "La resta s’omet i s’escolta des d’ara.",
            "Le reste est omis, et l’écoute reprend maintenant.",
        ),
        "From {begin} to {end} UTC more was said than the server tells: the rest is missing.": (
            "De {begin} a {end} UTC se dijo más de lo que el servidor cuenta: falta el resto.",
            "De {begin} a {end} UTC es va dir més del que el servidor explica: en falta la resta.",
            "De {begin} à {end} UTC, il s’est dit plus que le serveur n’en donne : le reste manque.",
        ),
        "Nothing that the feed held at {looked} UTC is left in it: what came after that, and went before"
        " {oldest} UTC, is missing.": (
            "De lo que el canal tenía el {looked} UTC ya no queda nada: falta lo que llegó después y salió"
            " antes del {oldest} UTC.",
            "Del que el canal tenia el {looked} UTC ja no en queda res: falta el que va arribar després i en"
            " va sortir abans del {oldest} UTC.",
            "De ce que le flux contenait le {looked} UTC, il ne reste rien : ce qui est arrivé ensuite et en"
            " est sorti avant le {oldest} UTC manque.",
        ),
        "More than {count} posts were found, and the server shows no more of them: the rest is missing.": (
            "Se encontraron más de {count} publicaciones y el servidor no muestra más: falta el resto.",
            "Es van trobar més de {count} publicacions i el servidor no en mostra més: en falta la resta.",
            "Plus de {count} messages ont été trouvés et le serveur n’en montre pas plus : le reste manque.",
        ),
        "What was said before {begin} UTC is too long ago to be asked for: it is missing.": (
            "Lo que se dijo antes de {begin} UTC es demasiado antiguo para pedirlo: falta.",
            "El que es va dir abans de {begin} UTC és massa antic per demanar-ho: hi falta.",
            "Ce qui s’est dit avant {begin} UTC est trop ancien pour être demandé : cela manque.",
        ),
        "The server numbers its posts otherwise than the one before: what was said in between is missing.": (
            "El servidor numera sus publicaciones de otro modo que el anterior: falta lo dicho entre ambos.",
            "El servidor numera els missatges altrament que l’anterior: falta el que es va dir entremig.",
            "Le serveur numérote ses messages autrement que le précédent : l’intervalle manque.",
        ),
        "One thread has more than {count} replies: the rest of them is left out.": (
            "Un hilo tiene más de {count} respuestas: el resto se omite.",
            "Un fil té més de {count} respostes: la resta s’omet.",
            "Un fil compte plus de {count} réponses : le reste est omis.",
        ),
        "Today's quota of the YouTube API is spent.": (
            "La cuota de hoy de la API de YouTube está agotada.",
            "La quota d’avui de l’API de YouTube està esgotada.",
            "Le quota du jour de l’API YouTube est épuisé.",
        ),
        "YouTube asks us to come less often.": (
            "YouTube pide que vengamos menos a menudo.",
            "YouTube demana que vinguem menys sovint.",
            "YouTube demande que nous venions moins souvent.",
        ),
        "YouTube says that there is no such comment.": (
            "YouTube dice que ese comentario no existe.",
            "YouTube diu que aquest comentari no existeix.",
            "YouTube dit que ce commentaire n’existe pas.",
        ),
        "YouTube says that comments are switched off.": (
            "YouTube dice que los comentarios están desactivados.",
            "YouTube diu que els comentaris estan desactivats.",
            "YouTube dit que les commentaires sont désactivés.",
        ),
        "YouTube says that there is no such video.": (
            "YouTube dice que ese vídeo no existe.",
            "YouTube diu que aquest vídeo no existeix.",
            "YouTube dit que cette vidéo n’existe pas.",
        ),
        "YouTube says that there is no such channel.": (
            "YouTube dice que ese canal no existe.",
            "YouTube diu que aquest canal no existeix.",
            "YouTube dit que cette chaîne n’existe pas.",
        ),
        "YouTube says that the comments are not public.": (
            "YouTube dice que los comentarios no son públicos.",
            "YouTube diu que els comentaris no són públics.",
            "YouTube dit que les commentaires ne sont pas publics.",
        ),
        "{name} is no id of a video or a channel.": (
            "{name} no es el id de ningún vídeo ni canal.",
            "{name} no és l’id de cap vídeo ni canal.",
            "{name} n’est l’id ni d’une vidéo ni d’une chaîne.",
        ),
        "A channel or videos: one of them is needed.": (
            "Hace falta un canal o vídeos.",
            "Cal un canal o vídeos.",
            "Il faut une chaîne ou des vidéos.",
        ),
        "A search, or communities: one of them is needed.": (
            "Hace falta una búsqueda o comunidades.",
            "Cal una cerca o comunitats.",
            "Il faut une recherche ou des communautés.",
        ),
        "A community's name has letters, digits and underscores only.": (
            "El nombre de una comunidad solo tiene letras, cifras y guiones bajos.",
            "El nom d’una comunitat només té lletres, xifres i guions baixos.",
            "Le nom d’une communauté n’a que lettres, chiffres et tirets bas.",
        ),
        "Reddit's answer is no listing.": (
            "La respuesta de Reddit no es una lista.",
            "La resposta de Reddit no és una llista.",
            "La réponse de Reddit n’est pas une liste.",
        ),
        "Reddit gave no token for this client id and secret.": (
            "Reddit no dio un token para este id y secreto de cliente.",
            "Reddit no va donar cap token per a aquest id i secret de client.",
            "Reddit n’a pas donné de jeton pour cet id et ce secret de client.",
        ),
        "Our share of questions to Reddit is used up.": (
            "Hemos agotado nuestras preguntas a Reddit.",
            "Hem esgotat les nostres preguntes a Reddit.",
            "Nos questions à Reddit sont épuisées.",
        ),
        "GDELT says: {said}": (
            "GDELT dice: {said}",
            "GDELT diu: {said}",
            "GDELT dit : {said}",
        ),
        "GDELT does not take the search: {said}": (
            "GDELT no acepta la búsqueda: {said}",
            "GDELT no accepta la cerca: {said}",
            "GDELT n’accepte pas la recherche : {said}",
        ),
        "GDELT's answer broke off.": (
            "La respuesta de GDELT se cortó.",
            "La resposta de GDELT s’ha tallat.",
            "La réponse de GDELT s’est interrompue.",
        ),
        "GDELT answered with something that is no list of articles.": (
            "GDELT respondió con algo que no es una lista de artículos.",
            "GDELT va respondre amb una cosa que no és una llista d’articles.",
            "GDELT a répondu autre chose qu’une liste d’articles.",
        ),
        "Talkwalker says: {said}": (
            "Talkwalker dice: {said}",
            "Talkwalker diu: {said}",
            "Talkwalker dit : {said}",
        ),
        # of what is sent to us
        "A call was refused: {why}": (
            "Se rechazó una llamada: {why}",
            "Es va rebutjar una crida: {why}",
            "Un appel a été refusé : {why}",
        ),
        "It was called without the right token at the end of its address.": (
            "La llamaron sin el token correcto al final de su dirección.",
            "L’han cridada sense el token correcte al final de la seva adreça.",
            "Elle a été appelée sans le bon jeton à la fin de son adresse.",
        ),
        "It was called from {address}, which is not among the addresses that may send.": (
            "La llamaron desde {address}, que no está entre las direcciones que pueden enviar.",
            "L’han cridada des de {address}, que no és entre les adreces que poden enviar.",
            "Elle a été appelée depuis {address}, qui n’est pas parmi les adresses autorisées.",
        ),
        "This source has no secret, so nothing can be sent to it.": (
            "Esta fuente no tiene secreto, así que no se le puede enviar nada.",
            "Aquesta font no té secret, així que no s’hi pot enviar res.",
            "Cette source n’a pas de secret : rien ne peut lui être envoyé.",
        ),
        "Send X-Tocsin-Timestamp (Unix seconds) and X-Tocsin-Signature (sha256=…).": (
            "Hay que enviar X-Tocsin-Timestamp (segundos Unix) y X-Tocsin-Signature (sha256=…).",
            "Cal enviar X-Tocsin-Timestamp (segons Unix) i X-Tocsin-Signature (sha256=…).",
            "Il faut envoyer X-Tocsin-Timestamp (secondes Unix) et X-Tocsin-Signature (sha256=…).",
        ),
        "The signature does not fit the body, the timestamp and this source's secret.": (
            "La firma no corresponde al cuerpo, a la marca de tiempo y al secreto de esta fuente.",
            "La signatura no correspon al cos, a la marca de temps i al secret d’aquesta font.",
            "La signature ne correspond pas au corps, à l’horodatage et au secret de cette source.",
        ),
        "The timestamp is more than five minutes off.": (
            "La marca de tiempo se desvía más de cinco minutos.",
            "La marca de temps es desvia més de cinc minuts.",
            "L’horodatage s’écarte de plus de cinq minutes.",
        ),
        "The body is not JSON: {error}.": (
            "El cuerpo no es JSON: {error}.",
            "El cos no és JSON: {error}.",
            "Le corps n’est pas du JSON : {error}.",
        ),
        "The body is not in {encoding}, and its Content-Type says no other.": (
            "El cuerpo no está en {encoding}, y su Content-Type no dice otra cosa.",
            "El cos no és en {encoding}, i el seu Content-Type no diu res més.",
            "Le corps n’est pas en {encoding}, et son Content-Type ne dit rien d’autre.",
        ),
        "The body is packed in a way that is not read here: send it plain, or as gzip.": (
            "El cuerpo está comprimido de un modo que aquí no se lee: en gzip o sin comprimir, sí.",
            "El cos està comprimit d’una manera que aquí no es llegeix: en gzip o sense comprimir, sí.",
            "Le corps est compressé d’une façon qui n’est pas lue ici : en gzip ou tel quel, il l’est.",
        ),
        "The body is not the gzip that it is said to be.": (
            "El cuerpo no es el gzip que dice ser.",
            "El cos no és el gzip que diu que és.",
            "Le corps n’est pas le gzip annoncé.",
        ),
        "The body has {size}; the limit is {limit}, unpacked. Send smaller batches.": (
            "El cuerpo tiene {size}; el límite es {limit}, sin comprimir. Hay que enviar lotes más pequeños.",
            "El cos té {size}; el límit és {limit}, sense comprimir. Cal enviar lots més petits.",
            "Le corps a {size} ; la limite est de {limit}, décompressé. Il faut des lots plus petits.",
        ),
        "The body is larger than {limit} bytes: it was not read. Send smaller batches.": (
            "El cuerpo supera los {limit} bytes: no se leyó. Hay que enviar lotes más pequeños.",
            "El cos supera els {limit} bytes: no es va llegir. Cal enviar lots més petits.",
            "Le corps dépasse {limit} octets : il n’a pas été lu. Il faut des lots plus petits.",
        ),
        "Too many batches wait to be read. Send this one again in a minute.": (
            "Demasiados lotes esperan a ser leídos. Hay que enviar este otra vez dentro de un minuto.",
            "Massa lots esperen a ser llegits. Cal tornar a enviar aquest d’aquí a un minut.",
            "Trop de lots attendent d’être lus. Il faut renvoyer celui-ci dans une minute.",
        ),
        "The mentions could not be stored. Send the batch again in a minute.": (
            "Las menciones no se pudieron guardar. Hay que enviar el lote otra vez dentro de un minuto.",
            "Les mencions no es van poder desar. Cal tornar a enviar el lot d’aquí a un minut.",
            "Les mentions n’ont pas pu être enregistrées. Il faut renvoyer le lot dans une minute.",
        ),
        "{count} items in one batch; the limit is {limit}.": (
            "{count} elementos en un lote; el límite es {limit}.",
            "{count} elements en un lot; el límit és {limit}.",
            "{count} éléments dans un lot ; la limite est de {limit}.",
        ),
        "The body must be {shape} or a bare list of mentions; "
        "if the list stands elsewhere, the source's field map must say where.": (
            "El cuerpo debe ser {shape} o una lista de menciones; "
            "si la lista está en otro sitio, el mapa de campos de la fuente debe decir dónde.",
            "El cos ha de ser {shape} o una llista de mencions; "
            "si la llista és en un altre lloc, el mapa de camps de la font ha de dir on.",
            "Le corps doit être {shape} ou une liste de mentions ; "
            "si la liste est ailleurs, le plan des champs de la source doit dire où.",
        ),
        "The body has no list of mentions at {place}, where this source's field map says.": (
            "El cuerpo no tiene lista de menciones en {place}, donde dice el mapa de campos de la fuente.",
            "El cos no té cap llista de mencions a {place}, on diu el mapa de camps de la font.",
            "Le corps n’a pas de liste de mentions à {place}, où le dit le plan des champs de la source.",
        ),
        "The body is no batch of documents and no alert of Meltwater's.": (
            "El cuerpo no es un lote de documentos ni una alerta de Meltwater.",
            "El cos no és un lot de documents ni una alerta de Meltwater.",
            "Le corps n’est ni un lot de documents ni une alerte de Meltwater.",
        ),
        "This source is not set up well, send again later: {said}": (
            "Esta fuente no está bien configurada: {said}",
            "Aquesta font no està ben configurada: {said}",
            "Cette source est mal configurée : {said}",
        ),
        "Nothing of it is a mention: {said}": (
            "Nada de lo enviado es una mención: {said}",
            "Res del que ha enviat no és una menció: {said}",
            "Rien de son envoi n’est une mention : {said}",
        ),
    }
)
"""Why a source cannot be reached, as it is stored in English. What a provider says of itself stays."""
