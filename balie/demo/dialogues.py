"""Dialogues of the demo's visitors and operators. All of it is our own, and no real person is in it."""

from dataclasses import dataclass

VISITOR, OPERATOR = "visitor", "operator"


@dataclass(frozen=True, slots=True)
class DemoDialogue:
    """One conversation. Lines begin with `v` or `o`, and {name} is the visitor's name."""

    path: str
    title: str
    outcome: str
    lines: tuple[tuple[str, str], ...]
    language: str = "nl"


def _said(path: str, title: str, outcome: str, said: str, language: str = "nl") -> DemoDialogue:
    sides = {"v": VISITOR, "o": OPERATOR}
    lines = [line.strip().split(": ", 1) for line in said.strip().splitlines()]
    spoken = tuple((sides[side], text) for side, text in lines)
    return DemoDialogue(path, title, outcome, spoken, language)


NAMES = (
    "Marieke", "Jeroen", "Fatima", "Daan", "Els", "Youssef", "Sanne", "Pieter", "Anouk", "Ruud",
    "Lotte", "Mehmet", "Ingrid", "Bas", "Chantal", "Willem",
)  # fmt: skip

# Nobody answered these, or nobody had to.
LONELY = (
    "Hallo?",
    "Is daar iemand?",
    "Even een vraag over mijn bestelling",
    "Hoi",
    "Hello, anyone there?",
)
SPAM = (
    "Cheap followers, best price, visit our page",
    "Wij bouwen uw website nummer 1 in Google, bel ons",
)
GOOD_WORDS = (
    "Snel en duidelijk, dank je wel.",
    "Heel vriendelijk geholpen.",
    "Binnen twee minuten antwoord.",
    "Fijn dat er op zondag ook iemand zit.",
    "Great help, thanks!",
)
BAD_WORDS = (
    "Ik moest lang wachten.",
    "Antwoord klopte niet met wat er op de site staat.",
    "Nog steeds geen oplossing.",
)

ACME = (
    _said(
        "/schoenen/vento",
        "Vento hardloopschoen",
        "lead",
        """
        v: Hoi, ik twijfel tussen maat 41 en 42 voor de Vento
        o: Hoi! Fijn dat je kijkt. Welke maat draag je meestal in je gewone schoenen?
        v: Meestal 41, soms 41,5
        o: Dan raad ik 42 aan: bij hardlopen schuift je voet naar voren. Is je voet smal of breed?
        v: Vrij breed
        o: Dan zit je met 42 goed. Past hij toch niet, dan ruil je hem gratis tot 30 dagen na levering.
        v: Top, die bestel ik
        o: Graag gedaan, {name}. Veel plezier ermee!
        """,
    ),
    _said(
        "/retour",
        "Ruilen en retour",
        "resolved",
        """
        v: Mijn wandelschoenen knellen, kan ik ze ruilen voor een maat groter?
        o: Dat kan. Heb je ze al buiten gedragen?
        v: Nee, alleen binnen een uurtje
        o: Dan ruilen we ze gratis. Het retourlabel zit in de doos; zet de nieuwe maat op het formulier.
        v: En hoe lang duurt dat?
        o: Zodra we ze hebben, gaat de nieuwe maat dezelfde dag op de post.
        v: Duidelijk, bedankt
        """,
    ),
    _said(
        "/bestelling",
        "Mijn bestelling",
        "resolved",
        """
        v: Ik heb gisteravond besteld maar nog geen verzendbericht
        o: Ik kijk met je mee. Mag ik je bestelnummer?
        v: 2026-48213
        o: Dank je. Hij is vanochtend ingepakt en vanmiddag opgehaald. Je krijgt voor 18:00 een bericht met het tijdvak.
        v: Ah fijn, dan wacht ik even
        """,
    ),
    _said(
        "/dames/wandelschoenen",
        "Wandelschoenen dames",
        "lead",
        """
        v: Welke schoen is goed voor een week in de Ardennen?
        o: Loop je met een zware rugzak, of maak je dagtochten?
        v: Dagtochten, wel veel modder
        o: Dan zou ik de Terra Mid nemen: waterdicht en met een diep profiel.
        v: Hebben jullie die ook in 39?
        o: Ja, nog zes paar. Voor 22:00 besteld is morgen in huis.
        v: Dat ga ik doen
        """,
    ),
    _said(
        "/garantie",
        "Garantie",
        "follow_up",
        """
        v: Na vier maanden laat de zool van mijn linkerschoen los
        o: Dat hoort niet. Binnen twee jaar valt dat onder de garantie.
        o: Wil je een foto mailen naar klantenservice@acme.test, met je bestelnummer erbij?
        v: Doe ik zo. Krijg ik dan een nieuw paar?
        o: Een collega bekijkt de foto en belt je morgen voor 12:00 over reparatie of een nieuw paar.
        v: Prima
        """,
    ),
    _said(
        "/heren/sneakers",
        "Sneakers heren",
        "resolved",
        """
        v: Is de Loft in het zwart nog te krijgen?
        o: In het zwart hebben we nog maat 43 en 46. Welke zoek je?
        v: Ik zoek 44
        o: Die komt volgende week dinsdag weer binnen. Zal ik vertellen hoe je een bericht krijgt?
        v: Ja graag
        o: Kies op de pagina maat 44 en vul je adres in bij "mail me". Je hoort het dan meteen.
        """,
    ),
    _said(
        "/schoenen",
        "Alle schoenen",
        "no_answer_needed",
        """
        v: oh wacht ik zie het al staan
        o: Fijn! Kan ik verder nog iets voor je doen?
        v: nee bedankt
        """,
    ),
    _said(
        "/en/returns",
        "Returns",
        "resolved",
        """
        v: Hi, I live in Belgium. Can I still return my shoes for free?
        o: Hi! Yes, returns from Belgium are free as well, up to 30 days after delivery.
        v: Great. Do I need to print something?
        o: No, the label is in the box. Any parcel point will take it.
        v: Perfect, thank you
        """,
        "en",
    ),
    _said(
        "/contact",
        "Contact",
        "wrong_site",
        """
        v: Ik wil mijn fiets laten repareren
        o: Wij verkopen schoenen; voor je fiets kan ik niets doen. Je zoekt misschien een fietsenmaker in de buurt.
        v: O, verkeerde site
        """,
    ),
)

ZEN = (
    _said(
        "/tarieven",
        "Tarieven",
        "lead",
        """
        v: Goedemiddag, wat kost overstappen?
        o: Goedemiddag. Overstappen kost niets. Weet u ongeveer wat u per jaar verbruikt?
        v: Ongeveer 2400 kWh stroom, gas hebben we niet
        o: Dan komt u op dit moment uit op ongeveer 78 euro per maand, inclusief btw.
        v: En hoe zit het met mijn oude contract?
        o: Dat zeggen wij voor u op. U hebt 14 dagen bedenktijd en zit geen minuut zonder stroom.
        v: Dan ga ik dat regelen, dank u
        """,
    ),
    _said(
        "/mijn-zen",
        "Mijn Zen",
        "resolved",
        """
        v: Mijn termijnbedrag is ineens hoger, klopt dat?
        o: Ik kijk met u mee. Mag ik uw klantnummer?
        v: ZE 104872
        o: Dank u. Uw verbruik ligt sinds de zomer hoger dan verwacht, vandaar het voorstel van 12 euro meer per maand.
        v: Kan dat ook later?
        o: Zeker. U past het zelf aan in Mijn Zen, onder Betalen. Op de jaarnota wordt alles verrekend.
        v: Goed, dan laat ik het zo
        """,
    ),
    _said(
        "/verhuizen",
        "Verhuizen",
        "resolved",
        """
        v: Ik ga 1 december verhuizen, hoe geef ik dat door?
        o: Dat kan vanaf 30 dagen voor tot 5 dagen na de dag van de sleutel. Gaat uw contract mee?
        v: Ja graag
        o: Dan kiest u in Mijn Zen voor Verhuizen. U hebt de meterstand van beide adressen nodig.
        v: Ook van het oude huis?
        o: Ja, op de dag dat u de sleutel inlevert. Een foto van de meter is genoeg.
        v: Helder
        """,
    ),
    _said(
        "/storing",
        "Storing",
        "resolved",
        """
        v: Wij hebben ineens geen stroom meer
        o: Vervelend. Wilt u in de groepenkast kijken of er een schakelaar omlaag staat?
        v: Ja, de tweede
        o: Zet die eens omhoog. Valt hij meteen weer om, haal dan eerst de stekkers van die groep los.
        v: Hij blijft staan! Het was de waterkoker denk ik
        o: Fijn. Valt hij vaker om, laat de waterkoker dan nakijken.
        v: Dank u wel, snel geholpen
        """,
    ),
    _said(
        "/zonnepanelen",
        "Zonnepanelen",
        "follow_up",
        """
        v: Wat krijg ik nog voor de stroom die ik teruglever?
        o: Dat hangt af van uw contract. Mag ik uw klantnummer?
        v: ZE 118230
        o: U hebt een vast contract tot juni. Tot die tijd wordt alles wat u teruglevert verrekend.
        v: En daarna?
        o: Een collega die daar alles van weet belt u morgen tussen 9:00 en 12:00. Komt dat uit?
        v: Ja, dat is goed
        """,
    ),
    _said(
        "/tarieven/gas",
        "Gas",
        "lead",
        """
        v: Kan ik bij u ook alleen gas afnemen?
        o: Dat kan. Waar woont u, en hebt u nu een vast of variabel contract?
        v: In Ede, variabel
        o: Dan kunt u per maand overstappen. Zal ik een voorstel voor u klaarzetten in Mijn Zen?
        v: Graag
        """,
    ),
    _said(
        "/jaarnota",
        "Jaarnota",
        "resolved",
        """
        v: Ik moet 214 euro bijbetalen. Kan dat in delen?
        o: U kunt het zelf in drie maanden betalen, zonder kosten. Dat kiest u bij de nota in Mijn Zen.
        v: O fijn, dat wist ik niet
        o: Graag gedaan. Is verder alles duidelijk?
        v: Ja
        """,
    ),
    _said(
        "/en/moving",
        "Moving in",
        "resolved",
        """
        v: Hello, I just moved in and there is no contract yet. Is my power going to be cut?
        o: Hello. Not at once: you have a few weeks. When did you get the key?
        v: Last Friday
        o: Then you can still start your contract on that date. You need the meter reading of that day.
        v: I have a photo of it
        o: That is enough. Choose Moving in on our site; it takes five minutes.
        v: Thanks a lot!
        """,
        "en",
    ),
    _said(
        "/contact",
        "Contact",
        "no_answer_needed",
        """
        v: Laat maar, ik heb het nummer al gevonden
        o: Goed dat het gelukt is. Kan ik nog iets anders voor u doen?
        v: Nee hoor
        """,
    ),
)
BY_COMPANY = {"acme": ACME, "zen": ZEN}
