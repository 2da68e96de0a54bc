"""What is said of a query that cannot be read: in English, and in the reader's language where we have it."""

from __future__ import annotations

from functools import partial

from kit.languages import Sentence, Table, Words, translated


class Said(Sentence):
    """What is said of a query: its words are here, because the API says them, too."""

    def into(self, language: str, words: Words | None = None) -> str:
        """The same in this language; in English where it has no words for it."""
        del words
        return super().into(language, partial(translated, WORDS, language=language))


def together(*said: Said) -> Said:
    """Several sentences as one text; those that are empty are left out."""
    told = [one for one in said if one]
    return Said(" ".join("{}" for _ in told), *told)


WORDS: Table = {
    # what is wrong
    "{} is no operator": ("{} no es un operador", "{} no és un operador", "{} n’est pas un opérateur"),
    "{} does not say how near": (
        "{} no dice a qué distancia",
        "{} no diu a quina distància",
        "{} ne dit pas à quelle distance",
    ),
    "{} is not known here": ("{} no se conoce aquí", "{} no es coneix aquí", "{} n’est pas connu ici"),
    "{} is out of range": ("{} está fuera de los límites", "{} és fora dels límits", "{} est hors limites"),
    "the quotation mark is never closed": (
        "las comillas no se cierran",
        "les cometes no es tanquen",
        "les guillemets ne sont pas fermés",
    ),
    "an address is not searched": (
        "no se busca por direcciones",
        "no es cerca per adreces",
        "on ne cherche pas par adresse",
    ),
    "{}: is not known here": ("{}: no se conoce aquí", "{}: no es coneix aquí", "{}: n’est pas connu ici"),
    "{}: takes no *": ("{}: no admite *", "{}: no admet *", "{}: n’admet pas *"),
    "{!r} holds no letter or digit": (
        "{!r} no tiene letras ni cifras",
        "{!r} no té lletres ni xifres",
        "{!r} ne contient ni lettre ni chiffre",
    ),
    "brackets are round here": (
        "aquí los paréntesis son redondos",
        "aquí els parèntesis són rodons",
        "ici les parenthèses sont rondes",
    ),
    "the wildcard is too wide": (
        "el comodín es demasiado amplio",
        "el comodí és massa ampli",
        "le joker est trop large",
    ),
    "a word has at most {} wildcards": (
        "una palabra tiene como mucho {} comodines",
        "una paraula té com a molt {} comodins",
        "un mot a au plus {} jokers",
    ),
    "{!r} is no language": ("{!r} no es un idioma", "{!r} no és cap llengua", "{!r} n’est pas une langue"),
    "{!r} is no language that we find": (
        "{!r} no es un idioma que encontremos",
        "{!r} no és cap llengua que trobem",
        "{!r} n’est pas une langue que nous trouvons",
    ),
    "no source is called {!r}": (
        "ninguna fuente se llama {!r}",
        "cap font no es diu {!r}",
        "aucune source ne s’appelle {!r}",
    ),
    "{!r} is no country": ("{!r} no es un país", "{!r} no és cap país", "{!r} n’est pas un pays"),
    "{!r} is no kind": ("{!r} no es un tipo", "{!r} no és cap tipus", "{!r} n’est pas un type"),
    "{!r} is no domain": ("{!r} no es un dominio", "{!r} no és cap domini", "{!r} n’est pas un domaine"),
    "{!r} is no comparison": (
        "{!r} no es una comparación",
        "{!r} no és cap comparació",
        "{!r} n’est pas une comparaison",
    ),
    "nobody has so many followers": (
        "nadie tiene tantos seguidores",
        "ningú no té tants seguidors",
        "personne n’a autant d’abonnés",
    ),
    "{} lacks its colon": (
        "a {} le faltan los dos puntos",
        "a {} li falten els dos punts",
        "il manque les deux-points à {}",
    ),
    "* alone stands for no word": (
        "* solo no equivale a ninguna palabra",
        "* sol no equival a cap paraula",
        "* seul ne remplace aucun mot",
    ),
    "{}: has no name": ("{}: no tiene nombre", "{}: no té nom", "{}: n’a pas de nom"),
    "NEAR/{} stands between words, phrases, or brackets of them with OR": (
        "NEAR/{} va entre palabras, frases o paréntesis de ellas con OR",
        "NEAR/{} va entre paraules, frases o parèntesis amb OR",
        "NEAR/{} se place entre des mots, des expressions, ou des parenthèses avec OR",
    ),
    "a query has at most {:,} characters": (
        "una consulta tiene como mucho {:,} caracteres",
        "una consulta té com a molt {:,} caràcters",
        "une requête a au plus {:,} caractères",
    ),
    "it must ask for at least one word, not only exclude some": (
        "tiene que pedir al menos una palabra, no solo excluir otras",
        "ha de demanar almenys una paraula, no només excloure’n",
        "elle doit demander au moins un mot, pas seulement en exclure",
    ),
    "{} stands where a word should": (
        "hay {} donde debería haber una palabra",
        "hi ha {} on hi hauria d’haver una paraula",
        "{} se trouve là où il faudrait un mot",
    ),
    "{}: has no value": ("{}: no tiene valor", "{}: no té valor", "{}: n’a pas de valeur"),
    "this bracket was never opened": (
        "este paréntesis no se abrió",
        "aquest parèntesi no s’ha obert",
        "cette parenthèse n’a pas été ouverte",
    ),
    "this bracket is never closed": (
        "este paréntesis no se cierra",
        "aquest parèntesi no es tanca",
        "cette parenthèse n’est pas fermée",
    ),
    "NEAR stands between two": ("NEAR va entre dos", "NEAR va entre dos", "NEAR se place entre deux"),
    "more than {} levels deep": (
        "más de {} niveles de paréntesis",
        "més de {} nivells de parèntesis",
        "plus de {} niveaux de parenthèses",
    ),
    "something is missing here": ("aquí falta algo", "aquí falta alguna cosa", "il manque quelque chose ici"),
    "{}: stands in the bracket of {}:": (
        "{}: está dentro del paréntesis de {}:",
        "{}: és dins del parèntesi de {}:",
        "{}: se trouve dans la parenthèse de {}:",
    ),
    # what to write instead
    'Did you mean {}? For the word itself write "{}".': (
        '¿Querías decir {}? Para la palabra misma escribe "{}".',
        'Volies dir {}? Per a la paraula mateixa escriu "{}".',
        'Vouliez-vous dire {} ? Pour le mot lui-même écrivez "{}".',
    ),
    "Also close the bracket at position {}.": (
        "Cierra además el paréntesis de la posición {}.",
        "Tanca a més el parèntesi de la posició {}.",
        "Fermez aussi la parenthèse de la position {}.",
    ),
    "Write NEAR/{}.": ("Escribe NEAR/{}.", "Escriu NEAR/{}.", "Écrivez NEAR/{}."),
    "NEAR/{} finds them in either order; a phrase keeps it.": (
        "NEAR/{} los encuentra en cualquier orden; una frase lo mantiene.",
        "NEAR/{} els troba en qualsevol ordre; una frase el manté.",
        "NEAR/{} les trouve dans les deux ordres ; une expression le garde.",
    ),
    "The number goes from 1 to {}.": (
        "El número va de 1 a {}.",
        "El nombre va d’1 a {}.",
        "Le nombre va de 1 à {}.",
    ),
    'Write "two words" with both.': (
        'Escribe "dos palabras" con ambas.',
        'Escriu "dues paraules" amb totes dues.',
        'Écrivez "deux mots" avec les deux.',
    ),
    "Write site:{}.": ("Escribe site:{}.", "Escriu site:{}.", "Écrivez site:{}."),
    "Did you mean {}:? For the text itself use quotation marks.": (
        "¿Querías decir {}:? Para el texto mismo usa comillas.",
        "Volies dir {}:? Per al text mateix fes servir cometes.",
        "Vouliez-vous dire {}: ? Pour le texte lui-même, mettez des guillemets.",
    ),
    "Fields are {}. For the text itself use quotation marks.": (
        "Los campos son {}. Para el texto mismo usa comillas.",
        "Els camps són {}. Per al text mateix fes servir cometes.",
        "Les champs sont {}. Pour le texte lui-même, mettez des guillemets.",
    ),
    "Write the values out, joined with OR.": (
        "Escribe los valores, unidos con OR.",
        "Escriu els valors, units amb OR.",
        "Écrivez les valeurs, reliées par OR.",
    ),
    "Write one NEAR/5 other for words that stand close.": (
        "Escribe una NEAR/5 otra para palabras cercanas.",
        "Escriu una NEAR/5 altra per a paraules properes.",
        "Écrivez un NEAR/5 autre pour des mots proches.",
    ),
    "Write one NEAR/2 other for words that stand apart.": (
        "Escribe una NEAR/2 otra para palabras separadas.",
        "Escriu una NEAR/2 altra per a paraules separades.",
        "Écrivez un NEAR/2 autre pour des mots séparés.",
    ),
    "Write -{} to exclude it.": (
        "Escribe -{} para excluirla.",
        "Escriu -{} per excloure-la.",
        "Écrivez -{} pour l’exclure.",
    ),
    "Write ( and ).": ("Escribe ( y ).", "Escriu ( i ).", "Écrivez ( et )."),
    "* stands for any letters.": (
        "* equivale a cualesquiera letras.",
        "* equival a qualssevol lletres.",
        "* remplace n’importe quelles lettres.",
    ),
    "Write {} letters or more before the *.": (
        "Escribe {} letras o más antes del *.",
        "Escriu {} lletres o més abans del *.",
        "Écrivez {} lettres ou plus avant le *.",
    ),
    "Write its code of two letters: lang:ca.": (
        "Escribe su código de dos letras: lang:ca.",
        "Escriu-ne el codi de dues lletres: lang:ca.",
        "Écrivez son code de deux lettres : lang:ca.",
    ),
    "Write its code of two letters: country:ES, GB, FR.": (
        "Escribe su código de dos letras: country:ES, GB, FR.",
        "Escriu-ne el codi de dues lletres: country:ES, GB, FR.",
        "Écrivez son code de deux lettres : country:ES, GB, FR.",
    ),
    "Languages are {}.": ("Los idiomas son {}.", "Les llengües són {}.", "Les langues sont {}."),
    "Sources are {}; their kinds are {}.": (
        "Las fuentes son {}; sus tipos son {}.",
        "Les fonts són {}; els seus tipus són {}.",
        "Les sources sont {} ; leurs types sont {}.",
    ),
    "There is no source yet.": (
        "Todavía no hay ninguna fuente.",
        "Encara no hi ha cap font.",
        "Il n’y a pas encore de source.",
    ),
    "Kinds are {}.": ("Los tipos son {}.", "Els tipus són {}.", "Les types sont {}."),
    "Write the host alone: site:example.com.": (
        "Escribe solo el dominio: site:example.com.",
        "Escriu només el domini: site:example.com.",
        "Écrivez seulement le domaine : site:example.com.",
    ),
    "Write followers:>1000, >=1.5k, <2M or =0, without blanks.": (
        "Escribe followers:>1000, >=1.5k, <2M o =0, sin espacios.",
        "Escriu followers:>1000, >=1.5k, <2M o =0, sense espais.",
        "Écrivez followers:>1000, >=1.5k, <2M ou =0, sans espaces.",
    ),
    "Write followers:>1000.": (
        "Escribe followers:>1000.",
        "Escriu followers:>1000.",
        "Écrivez followers:>1000.",
    ),
    "What else has to hold goes outside: (a NEAR/5 b) AND lang:ca.": (
        "Lo demás va fuera: (a NEAR/5 b) AND lang:ca.",
        "La resta va a fora: (a NEAR/5 b) AND lang:ca.",
        "Le reste va dehors : (a NEAR/5 b) AND lang:ca.",
    ),
    "Say first what to find: {}.": (
        "Di primero qué hay que encontrar: {}.",
        "Digues primer què cal trobar: {}.",
        "Dites d’abord ce qu’il faut trouver : {}.",
    ),
    "Write it right behind the colon: {}:…": (
        "Escríbelo justo detrás de los dos puntos: {}:…",
        "Escriu-ho just darrere dels dos punts: {}:…",
        "Écrivez-la juste après les deux-points : {}:…",
    ),
    "Join two pairs: (a NEAR/5 b) AND (b NEAR/5 c).": (
        "Une dos pares: (a NEAR/5 b) AND (b NEAR/5 c).",
        "Uneix dos parells: (a NEAR/5 b) AND (b NEAR/5 c).",
        "Reliez deux paires : (a NEAR/5 b) AND (b NEAR/5 c).",
    ),
    "OR is written OR.": ("O se escribe OR.", "O s’escriu OR.", "OU s’écrit OR."),
    "AND is written AND, or left out.": (
        "Y se escribe AND, o se omite.",
        "I s’escriu AND, o s’omet.",
        "ET s’écrit AND, ou s’omet.",
    ),
    "Write #tag.": ("Escribe #etiqueta.", "Escriu #etiqueta.", "Écrivez #motdièse."),
    "Write @handle.": ("Escribe @usuario.", "Escriu @usuari.", "Écrivez @compte."),
    "Write site:example.com for all that is on a site.": (
        "Escribe site:example.com para todo lo de un sitio.",
        "Escriu site:example.com per a tot el d’un lloc.",
        "Écrivez site:example.com pour tout ce qui est sur un site.",
    ),
    "Mentions are judged after they were found; a monitor counts the negative ones by itself.": (
        "Las menciones se valoran una vez encontradas; un monitor cuenta por sí mismo las negativas.",
        "Les mencions es valoren un cop trobades; un monitor compta per si mateix les negatives.",
        "Les mentions sont jugées une fois trouvées ; une veille compte elle-même les négatives.",
    ),
    "Text is searched without a name: write the words.": (
        "El texto se busca sin nombre de campo: escribe las palabras.",
        "El text es cerca sense nom de camp: escriu les paraules.",
        "Le texte se cherche sans nom de champ : écrivez les mots.",
    ),
}
