"""Whether somebody speaks for a medium: by the site an item is on, and by how the author is called."""

from __future__ import annotations

import re
from functools import lru_cache

from mentions.texts.text import fold

_OUTLETS = frozenset(
    """
    20minutes.fr 20minutos.es 324.cat abc.es afp.com ap.org apnews.com ara.cat ara.ad arabalears.cat
    aljazeera.com bbc.co.uk bbc.com betevec.cat beteve.cat bfmtv.com bloomberg.com businessinsider.com
    cadenaser.com capital.fr ccma.cat 3cat.cat cnbc.com cnn.com cope.es dailymail.co.uk
    diaridegirona.cat diaridetarragona.com dw.com eitb.eus elconfidencial.com eldiario.es elespanol.com
    elmon.cat elmundo.es elnacional.cat elpais.com elperiodico.cat elperiodico.com elpuntavui.cat
    europapress.es euronews.com expansion.com express.co.uk forbes.com france24.com francebleu.fr
    francetvinfo.fr ft.com independent.co.uk inquirer.net irishtimes.com itv.com ladepeche.fr
    lavanguardia.com lavoixdunord.fr lefigaro.fr lemonde.fr leparisien.fr lepoint.fr lesechos.fr
    lexpress.fr liberation.fr lindependant.fr marianne.net mediapart.fr metro.co.uk midilibre.fr
    mirror.co.uk naciodigital.cat nytimes.com ouest-france.fr publico.es racocatala.cat rac1.cat
    reuters.com rfi.fr rtbf.be rte.ie rtl.fr rtve.es segre.com sky.com sudouest.fr telegraph.co.uk
    telecinco.es theguardian.com thesun.co.uk thetimes.co.uk theverge.com tv3.cat ultimahora.es
    usatoday.com vilaweb.cat washingtonpost.com wsj.com
    """.split()  # noqa: SIM905 - read as a list by people
)
_SITE = re.compile(
    r"(?:^|[.-])(?:news|noticias|noticies|diari|diario|periodico|journal|gazette|herald|tribune|presse|prensa|premsa|radio|tele|tv)"
    r"|(?:news|noticias|noticies|times|herald|gazette|tribune|journal)\."
)
_NAME = re.compile(
    r"journalist|periodist|journaliste|reporter|redacci|redaction|newsroom|gazette|herald|tribune|noticias|"
    r"noticies|prensa|premsa|presse\b|\bpress\b|diari[_ o]|^diari|periodico|\bradio|\bnews|news$|"
    r"[_ ]tv\b|tv$|magazine|informatius"
)


@lru_cache(maxsize=10_000)
def is_outlet(domain: str) -> bool:
    """Whether a host (lower case, without www) is one of a newspaper, a station or an agency."""
    parts = domain.split(".")
    return any(".".join(parts[at:]) in _OUTLETS for at in range(len(parts) - 1)) or bool(_SITE.search(domain))


@lru_cache(maxsize=10_000)
def is_of_the_press(author: str) -> bool:
    """Whether an author's name says that a medium or a journalist speaks."""
    return bool(_NAME.search(fold(author)))
