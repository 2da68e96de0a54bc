"""Words that say nothing about what happened, in English, Spanish, Catalan and French, folded."""

from __future__ import annotations

from mentions.texts.text import fold

_ENGLISH = """
a about actually after afternoon again ago all already also always am an and another any anybody anyone
anything are aren't around as at away back bad be because been before being between big bit both but by can
can't cant come could day days did didn't didnt do does doesn't doesnt doing don't done dont down else even
evening ever every everyone everything far few first for from get gets getting go goes going gone gonna good
got great had half has hasn't have haven't having he her here him his hour hours how i i'm i've if im in into
is isn't isnt it it's its itself ive just keep know last least left let like literally little long look lot
lots made make many may maybe me might minute minutes month months more morning most much must my need never
new next no nobody none nor not nothing now of off oh ok okay on once one only onto or other our out over own
people per please put quite rather really right said same saw say says see seem seen she should since so some
someone something still such sure take tell than thank thanks that that's the their them then there these they
thing things think this those though through time times to today tomorrow tonight too two under until up us
use used very via want wants was wasn't wasnt way we week weeks well went were what when where whether which
while who whole whose why will with without won't wont would year years yes yesterday yet you you're your
yours
"""
_SPANISH = """
a acaba acabo ahi ahora al algo alguien algun alguna algunas algunos alli ante antes aqui asi aun aunque ayer
año años bajo bastante bien buen buena buenas bueno buenos cada casi como con contra cosa cosas cual cuales
cualquier cuando cuanto cuenta de debe deben decir del dentro desde despues dia dias dice dicen dicho donde
dos durante e el ella ellas ellos en entonces entre era eran eres es esa esas ese eso esos esta estaba estaban
estamos estan estar estas este esto estos estoy fue fuera fueron gente gracias ha haber habia hace hacen hacer
hacia han hasta hay haya he hecho hemos hola hora horas hoy iba igual ir jamas la las le les llevamos llevan
llevo lo los luego mal manera mas mañana me mejor menos menuda menudo mes meses mi mia mientras minuto minutos
mio mis misma mismo momento mucha muchas mucho muchos muy nada nadie ni ninguna ninguno no noche nos nosotros
nuestra nuestras nuestro nuestros nueva nuevo nunca o os otra otras otro otros para parece pero poco por
porque primer primera puede pueden puedo pues que quien quienes quiere quiero sabe sabemos saber se sea sean
segun semana semanas ser si sido siempre sigo sigue siguen sin sino sobre solo somos son soy su sus suya suyo
tal tambien tampoco tan tanta tanto tarde te tenemos tener tengo ti tiempo tiene tienen toda todas todavia
todo todos tres tu tus u un una unas uno unos usted ustedes va vale vamos van varias varios vaya veces ver
verdad vez vosotros voy y ya yo
"""
_CATALAN = """
a ahir aixi aixo així això al algu algun alguna algunes alguns als altra altre altres amb anar anem any anys
aquell aquella aquelles aquells aquest aquesta aquestes aquests aqui ara avui be ben bo bona bones bons bé
cada cap casa com contra cop cosa coses d'aquest d'un d'una de deia del dels dema demà des dia dies dins diu
diuen doncs dos dues durant e el ella elles ells els em en encara endavant ens entre era eren es esta estan
estar estat estava este estem estic ets fa faig fan feia fer fet feta fins fos gaire gent gracies ha haver
havia he hem heu hi hola hora hores hui i ja jo l' la les li llavors lloc lo mai mal massa mati matinada matí
me mentre mes meu meva meves mi minut minuts molt molta moltes molts moment més n' ni ningu nit no nomes
nosaltres nostra nostre nostres o on pas pel pels per pero perque però poc poden portem porten porto pot
potser puc qualsevol quan quant que quelcom qui quin quina res s' sa saber se sempre sense ser setmana
setmanes seu seus seva seves si sigui sisplau sobre soc sol sols som son sota sou sovint sp sé t' ta tal tambe
també tan tant tarda te tenen tenim teva tinc tot tota totes tothom tots tres tu un una unes uns us va vaig
vam van vegada vegades veure vinga vol volem vos vostra vostre
"""
_FRENCH = """
a afin ai ainsi alors an ans apres après as au aucun aucune aujourd aujourd'hui aura aussi autant autre autres
aux avaient avais avait avant avec avez avoir avons bah beaucoup bien bon bonjour bonne bref c'est ca car ce
ceci cela celle celles celui cependant ces cet cette ceux chaque chez chose choses ci comme comment contre d'
d'un d'une dans de dehors deja demain depuis des deux dire dit doit donc dont du durant elle elles en encore
enfin entre es est et etaient etait etant ete etes etre eu eux faire fait faites faut fois font gens heure
heures hier hui ici il ils j' j'ai jamais je jour jours jusqu jusque l' la le les leur leurs lors lorsque lui
là ma mais mal matin me meme memes merci mes mieux minute minutes moi moins mois moment mon n' ne ni non nos
notre nous nouveau nouvelle nuit on ont or ou oui où par parce parfois parmi pas petit petite peu peut peuvent
peux plus plutot pour pourquoi pourtant pouvoir presque pris puis puisque qu qu'il qu'on quand que quel quelle
quelles quelqu quelqu'un quelque quelques quels qui quoi rien s' sa sais sans sauf se semaine semaines sera
ses seulement si sinon soir soit sommes son sont sous souvent suis sur ta tandis tant te tel telle tellement
tes toi ton toujours tous tout toute toutes tres trois trop tu un une va vais vers veut veux voici voila voir
vos votre vous vraiment vu y ça
"""
_NETWORK = "rt via http https www com amp user users cc dm lol omg link retweet tweet thread hilo pls plz"


def _split(text: str) -> frozenset[str]:
    """Whole words, and the parts of elided ones as the tokeniser sees them (`l'` gives l)."""
    return frozenset(part for word in fold(text).split() for part in (*word.split("'"), word) if part)


STOPWORDS = _split(" ".join([_ENGLISH, _SPANISH, _CATALAN, _FRENCH, _NETWORK]))
