"""The letter about an opportunity, in the four languages of the house."""

from __future__ import annotations

from people.letters import Paper, Section

LINK = "/opportunities"

WORDS = {
    "en": (
        "Opportunity: {headline}",
        "More people than usual say something good. It is no crisis and woke nobody.",
        "Thank them, pass on what they say, or let it pass: it takes one who decides.",
        "Open the opportunity",
    ),
    "es": (
        "Oportunidad: {headline}",
        "Más gente de lo habitual dice algo bueno. No es una crisis y no ha despertado a nadie.",
        "Dad las gracias, difundid lo que dicen o dejadla pasar: hace falta quien decida.",
        "Abrir la oportunidad",
    ),
    "ca": (
        "Oportunitat: {headline}",
        "Més gent de l’habitual diu alguna cosa bona. No és cap crisi i no ha despertat ningú.",
        "Doneu les gràcies, difoneu el que diuen o deixeu-la passar: cal algú que decideixi.",
        "Obre l’oportunitat",
    ),
    "fr": (
        "Occasion : {headline}",
        "Plus de gens que d’habitude en disent du bien. Ce n’est pas une crise et personne n’a été réveillé.",
        "Remerciez-les, relayez ce qu’ils disent ou laissez passer : il faut quelqu’un qui décide.",
        "Ouvrir l’occasion",
    ),
}


def paper(headline: str, reason: str, language: str) -> Paper:
    """Numbers alone: it quotes nobody."""
    subject, what, then, link = WORDS.get(language, WORDS["en"])
    lines = [line for line in (reason, what, then) if line]
    return Paper(language, subject.format(headline=headline), [Section("", lines)], link, LINK)
