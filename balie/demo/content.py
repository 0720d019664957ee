"""The demo agency: two companies, nine people, and Dutch texts of our own.

`price`: euro a chat, without VAT, from the beginning of the demo's past. `invoice`: the party on invoices.
"""

from typing import Any

# Printed at every start; the demo is written into an empty database only.
PASSWORD = "balie-demo-2026"  # noqa: S105

COMPANIES: list[dict[str, Any]] = [
    {
        "slug": "acme",
        "name": "Acme Schoenen",
        "monogram": "AC",
        "tone": "je",
        "brand": "#1d4ed8",
        "question_email": "klantenservice@acme.test",
        "address": "Acme Schoenen, Hoogstraat 12, 3511 AB Utrecht",
        "price": "3.75",
        "invoice": {
            "legal_name": "Acme Schoenen B.V.",
            "street": "Hoogstraat 12",
            "postcode": "3511 AB",
            "city": "Utrecht",
            "registration": "90001354",
            "vat_id": "NL123456789B13",
            "iban": "NL91ABNA0417164300",
            "email": "administratie@acme.test",
        },
        "site": {
            "key": "ac3e0000000000000000000000000001",
            "name": "Acme webwinkel",
            "host": "acme-shop.localhost",
            "unstaffed": "form",
            "phone": "085 000 12 34",
        },
        "texts": [
            {
                "kind": "greeting",
                "key": "schoenen",
                "body": "Hoi! Kan ik je helpen met de aankoop van je schoenen?",
                "data": {
                    "patterns": ["/schoenen/*", "/dames*", "/heren*"],
                    "starts": ["Welke maat heb ik nodig?", "Wanneer heb ik ze in huis?"],
                },
            },
            {
                "kind": "greeting",
                "key": "retour",
                "body": "Hoi! Wil je iets ruilen of terugsturen? Ik kijk graag met je mee.",
                "data": {"patterns": ["/retour*"], "starts": ["Hoe stuur ik iets terug?"]},
            },
            {
                "kind": "greeting",
                "key": "algemeen",
                "body": "Hoi! Waarmee kan ik je helpen?",
                "data": {
                    "patterns": ["*"],
                    "starts": ["Waar blijft mijn bestelling?", "Ik wil iets ruilen"],
                },
            },
            {
                "kind": "script",
                "key": "advies",
                "title": "Advies bij aankoop",
                "data": {
                    "steps": [
                        {"key": "greet", "text": "Groet en noem de pagina"},
                        {"key": "who", "text": "Vraag met wie je spreekt"},
                        {
                            "key": "one",
                            "text": "Eén vraag tegelijk: gebruik, klacht, breedte, budget",
                        },
                        {"key": "empathy", "text": "Toon begrip bij een klacht"},
                        {"key": "advice", "text": "Geef één advies, met de reden"},
                        {"key": "return", "text": "Noem ruilrecht en levertijd"},
                        {"key": "source", "text": "Vraag hoe ze ons vonden"},
                        {"key": "else", "text": "Kan ik nog iets voor je doen?"},
                        {"key": "satisfied", "text": "Vraag of ze tevreden is"},
                    ]
                },
            },
            {
                "kind": "canned",
                "key": "maat",
                "title": "Maat kiezen en voet opmeten",
                "body": "Neem bij hardloopschoenen een halve tot hele maat groter dan je gewone schoen. "
                "Welke maat draag je meestal, {naam}?",
                "data": {"why": "Noem altijd het ruilrecht als iemand tussen twee maten zit."},
            },
            {
                "kind": "canned",
                "key": "maatruil",
                "title": "Gratis ruilen bij verkeerde maat",
                "body": "Past de maat niet? Ruilen is gratis tot 30 dagen na levering. Het retourlabel zit in de doos.",
            },
            {
                "kind": "canned",
                "key": "levertijd",
                "title": "Levertijd en bezorging",
                "body": "Voor 22:00 besteld is morgen in huis, ook op zaterdag. Je krijgt een bericht met het tijdvak.",
            },
            {
                "kind": "canned",
                "key": "retour",
                "title": "Zo stuur je iets terug",
                "body": "Terugsturen kan tot 30 dagen: plak het label op de doos en breng hem naar een "
                "afhaalpunt. Je geld staat binnen 3 werkdagen op je rekening.",
            },
            {
                "kind": "canned",
                "key": "afsluiten",
                "title": "Afsluiten",
                "body": "Graag gedaan, {naam}! Kan ik verder nog iets voor je doen?",
            },
            {
                "kind": "instruction",
                "key": "instructie",
                "title": "Zo werken we voor Acme Schoenen",
                "body": "Acme verkoopt hardloop- en wandelschoenen. We zeggen je en jij.\n\n"
                "Advies gaat voor verkoop: vraag naar gebruik, klachten en de breedte van de voet.\n\n"
                "Ruilen en retour: 30 dagen, gratis. Kapot binnen 2 jaar: garantie, foto laten mailen naar "
                "klantenservice@acme.test.\n\n"
                "Nooit: korting beloven, een bestelling wijzigen die al is verzonden.",
            },
        ],
    },
    {
        "slug": "zen",
        "name": "Zen Energie",
        "monogram": "ZE",
        "tone": "u",
        "brand": "#ffc400",
        "question_email": "service@zen.test",
        "address": "Zen Energie, Stationsplein 4, 6711 PT Ede",
        "price": "4.20",
        "invoice": {
            "legal_name": "Zen Energie B.V.",
            "street": "Stationsplein 4",
            "postcode": "6711 PT",
            "city": "Ede",
            "registration": "90002468",
            "vat_id": "NL854321098B73",
            "iban": "NL20INGB0001234567",
            "email": "crediteuren@zen.test",
        },
        "site": {
            "key": "2e400000000000000000000000000001",
            "name": "Zen Energie",
            "host": "zen-energie.localhost",
            "unstaffed": "phone",
            "phone": "088 000 45 67",
        },
        "texts": [
            {
                "kind": "greeting",
                "key": "tarieven",
                "body": "Goedendag, hebt u een vraag over onze tarieven? Ik reken graag met u mee.",
                "data": {
                    "patterns": ["/tarieven*"],
                    "starts": ["Wat kost overstappen?", "Wat betaal ik per maand?"],
                },
            },
            {
                "kind": "greeting",
                "key": "storing",
                "body": "Goedendag, hebt u een storing? Vertel me uw postcode, dan kijk ik het voor u na.",
                "data": {"patterns": ["/storing*"], "starts": ["Ik heb geen stroom"]},
            },
            {
                "kind": "greeting",
                "key": "algemeen",
                "body": "Goedendag, waarmee kan ik u helpen?",
                "data": {
                    "patterns": ["*"],
                    "starts": ["Mijn termijnbedrag klopt niet", "Ik ga verhuizen"],
                },
            },
            {
                "kind": "script",
                "key": "service",
                "title": "Vraag van een klant",
                "data": {
                    "steps": [
                        {"key": "greet", "text": "Groet en noem de pagina"},
                        {"key": "who", "text": "Vraag naam en klantnummer"},
                        {"key": "one", "text": "Eén vraag tegelijk"},
                        {"key": "empathy", "text": "Toon begrip, zeker bij een storing"},
                        {"key": "answer", "text": "Leg uit in gewone woorden, met bedragen"},
                        {"key": "else", "text": "Kan ik nog iets voor u doen?"},
                        {"key": "satisfied", "text": "Vraag of alles duidelijk is"},
                    ]
                },
            },
            {
                "kind": "canned",
                "key": "termijn",
                "title": "Termijnbedrag aanpassen",
                "body": "U kunt uw termijnbedrag zelf aanpassen in Mijn Zen, onder Betalen. "
                "Zal ik met u uitrekenen welk bedrag past, {naam}?",
            },
            {
                "kind": "canned",
                "key": "verhuizen",
                "title": "Verhuizing doorgeven",
                "body": "Geef uw verhuizing door vanaf 30 dagen voor tot 5 dagen na de dag van de sleutel. "
                "Wat is uw nieuwe adres en vanaf welke dag?",
            },
            {
                "kind": "canned",
                "key": "storing",
                "title": "Storing: eerst de groepenkast",
                "body": "Wilt u in de groepenkast kijken of er een schakelaar omlaag staat? "
                "Staat alles goed, bel dan 0800-9009: die lijn is dag en nacht open.",
            },
            {
                "kind": "canned",
                "key": "overstap",
                "title": "Zo werkt overstappen",
                "body": "Wij zeggen uw oude contract voor u op. U hebt 14 dagen bedenktijd en zit geen "
                "minuut zonder stroom.",
            },
            {
                "kind": "instruction",
                "key": "instructie",
                "title": "Zo werken we voor Zen Energie",
                "body": "Zen levert groene stroom en gas aan huishoudens. We zeggen u.\n\n"
                "Bij gaslucht: meteen 0800-9009, ramen open, geen schakelaars. Verder niets vragen.\n\n"
                "Bedragen noemen we per maand en inclusief btw. Klantnummers beginnen met ZE.\n\n"
                "Nooit: een besparing beloven, een betalingsregeling toezeggen.",
            },
        ],
    },
]

# email, name, language, and what they are
OPERATORS: list[dict[str, Any]] = [
    {
        "email": "alice@balie.test",
        "name": "Alice Jansen",
        "public_name": "Alice",
        "level": "trained",
        "certified": ["acme", "zen"],
    },
    {
        "email": "bob@balie.test",
        "name": "Bob de Vries",
        "public_name": "Bob",
        "level": "beginner",
        "certified": ["acme"],
    },
    *(
        {
            "email": f"{name.lower()}@balie.test",
            "name": f"{name} {family}",
            "public_name": name,
            "level": "trained",
            "certified": ["acme", "zen"],
        }
        for name, family in (("Eva", "Mulder"), ("Nadia", "Bos"), ("Tom", "Visscher"))
    ),
]
MANAGER = {"email": "maud@balie.test", "name": "Maud Bakker"}
OWNERS = [
    {"email": "carol@acme.test", "name": "Carol Smit", "company": "acme"},
    {"email": "dave@zen.test", "name": "Dave Visser", "company": "zen"},
]


def own_sites(port: int | None) -> list[str]:
    """Return host and port of each demo company's own site, or none where nobody serves them."""
    return [f"{facts['site']['host']}:{port}" for facts in COMPANIES] if port else []
