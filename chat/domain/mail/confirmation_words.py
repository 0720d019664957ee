"""The words with which a recipient is asked whether a chat is theirs, in every voice of `mailwords`."""

from dataclasses import dataclass

from chat.domain.mail import words
from chat.domain.mail.words import Voice


@dataclass(frozen=True, slots=True)
class ConfirmVoice:
    """One way to ask. Braces are filled in: {company} {day} {start}.

    `broken` and `whole` stand under a transcript whose addresses don't work; the others are the mail that only asks.
    """

    broken: str
    whole: str
    subject: str
    hello: str
    intro: str
    press: str
    why: str


_JE = ConfirmVoice(
    broken="Adressen van websites in jouw berichten hebben we onklaar gemaakt, want iedereen kan dit mailadres "
    "invullen. Is het van jou? Dan sturen we het gesprek nog eens, zoals je het schreef.",
    whole="Stuur het hele gesprek",
    subject="Wil je je gesprek met {company} ontvangen?",
    hello="Wil je dit gesprek ontvangen?",
    intro="Op {day} om {start} is op de site van {company} gevraagd om een gesprek naar dit adres te mailen. "
    "Was jij dat? Bevestig het, dan sturen we het gesprek.",
    press="Ja, stuur het gesprek",
    why="Je kreeg deze mail eenmalig, omdat iemand dit adres invulde. Was jij dat niet? Doe dan niets; "
    "je hoort verder niets van ons.",
)
_U = ConfirmVoice(
    broken="Adressen van websites in uw berichten hebben we onklaar gemaakt, want iedereen kan dit mailadres "
    "invullen. Is het van u? Dan sturen we het gesprek nog eens, zoals u het schreef.",
    whole="Stuur het hele gesprek",
    subject="Wilt u uw gesprek met {company} ontvangen?",
    hello="Wilt u dit gesprek ontvangen?",
    intro="Op {day} om {start} is op de site van {company} gevraagd om een gesprek naar dit adres te mailen. "
    "Was u dat? Bevestig het, dan sturen we het gesprek.",
    press="Ja, stuur het gesprek",
    why="U kreeg deze mail eenmalig, omdat iemand dit adres invulde. Was u dat niet? Doe dan niets; "
    "u hoort verder niets van ons.",
)
_EN = ConfirmVoice(
    broken="We made the addresses of websites in your messages unusable, as anybody can fill in this mail address. "
    "Is it yours? Then we send the chat again, as you wrote it.",
    whole="Send the whole chat",
    subject="Would you like your chat with {company}?",
    hello="Would you like this chat?",
    intro="On {day} at {start} somebody on the site of {company} asked us to mail a chat to this address. "
    "Was it you? Confirm it, and we send the chat.",
    press="Yes, send the chat",
    why="You got this mail once, because somebody filled in this address. Wasn't it you? Then do nothing; "
    "you won't hear from us again.",
)
_DE = ConfirmVoice(
    broken="Adressen von Websites in Ihren Nachrichten haben wir unbrauchbar gemacht, denn jeder kann diese "
    "Mailadresse eingeben. Ist es Ihre? Dann senden wir das Gespräch noch einmal, wie Sie es geschrieben haben.",
    whole="Das ganze Gespräch senden",
    subject="Möchten Sie Ihr Gespräch mit {company} erhalten?",
    hello="Möchten Sie dieses Gespräch erhalten?",
    intro="Am {day} um {start} Uhr wurde auf der Website von {company} darum gebeten, ein Gespräch an diese Adresse "
    "zu senden. Waren Sie das? Bestätigen Sie es, dann senden wir das Gespräch.",
    press="Ja, das Gespräch senden",
    why="Sie erhalten diese Mail einmalig, weil jemand diese Adresse eingegeben hat. Waren Sie das nicht? Dann tun Sie "
    "nichts; Sie hören nichts mehr von uns.",
)
_FR = ConfirmVoice(
    broken="Nous avons rendu inutilisables les adresses de sites dans vos messages, car tout le monde "
    "peut saisir cette "
    "adresse mail. Est-ce la vôtre ? Nous renvoyons alors la conversation telle que vous l’avez écrite.",
    whole="Envoyer toute la conversation",
    subject="Voulez-vous recevoir votre conversation avec {company} ?",
    hello="Voulez-vous recevoir cette conversation ?",
    intro="Le {day} à {start}, quelqu’un a demandé sur le site de {company} d’envoyer une conversation à "
    "cette adresse. "
    "Est-ce vous ? Confirmez-le, et nous l’envoyons.",
    press="Oui, envoyer la conversation",
    why="Vous recevez ce mail une seule fois, car quelqu’un a saisi cette adresse. Ce n’était pas vous ? "
    "Ne faites rien ; "
    "vous n’aurez plus de nos nouvelles.",
)
ALL = (_JE, _U, _EN, _DE, _FR)


def confirm_voice(voice: Voice) -> ConfirmVoice:
    """The words that go with a transcript's voice."""
    return ALL[words.ALL.index(voice)]
