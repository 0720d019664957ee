"""Amounts as people read them, in the language of the page: money, shares and seconds.

Every page and mail writes its numbers here. Separators are Django's own for the language; the space between a number
and its sign is one that doesn't break.
"""

from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import lru_cache

from django import template
from django.utils import formats
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from agency.domain.promise.percent import Number, exact_percent, percent

register = template.Library()

NOTHING = "–"
_NBSP = "\N{NO-BREAK SPACE}"
_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")
_MINUTE = 60
_HOUR = 3_600


@register.filter
def money(amount: Number | None) -> str:
    """Write an amount: `€ 1.284,50` in Dutch, `€1,284.50` in English, the minus before the figure, a dash for None.

    Args:
        amount: euro. Amounts are rounded where they are made (billing/domain/money.py); here only what isn't an amount
            yet, such as a mean, loses something.
    """
    if amount is None:
        return NOTHING
    plain = Decimal(str(amount)).quantize(_CENT, rounding=ROUND_HALF_UP)
    sign = "-" if plain < 0 else ""
    # Translators: money in euro; {sign} is empty or a minus. Dutch: "€ {sign}{figure}" with a no-break space.
    pattern = pgettext("money", "{sign}€{figure}")
    return pattern.format(sign=sign, figure=_figure(abs(plain), 2)).replace(" ", _NBSP)


@register.filter
def share(ratio: Number | None, decimals: int = 1) -> str:
    """`93,2 %` in Dutch, `93.2%` in English, of 0.932. A dash for None: nothing divided by nothing is no percentage.

    Args:
        ratio: the share itself, 1 for all of it.
    """
    return judged_share(ratio, None, decimals)


@register.filter
def beside(ratio: Number | None, promise: Number | None) -> str:
    """A share that stands beside the promise it is judged by, to tenths: rounding never moves it across."""
    return judged_share(ratio, promise, 1)


@register.filter
def beside_whole(ratio: Number | None, promise: Number | None) -> str:
    """The same without decimals."""
    return judged_share(ratio, promise, 0)


@register.filter
def promised(ratio: Number) -> str:
    """A promise with all its decimals: `90 %`, `92,5 %`."""
    exact = exact_percent(ratio)
    return _percentage(exact, max(0, -int(exact.as_tuple().exponent)))


def judged_share(ratio: Number | None, promise: Number | None, decimals: int) -> str:
    """Write a share. One that is judged is rounded so that it never reads as the other side of `promise`."""
    if ratio is None:
        return NOTHING
    return _percentage(percent(ratio, decimals=decimals, promise=promise), decimals)


@register.filter
def signed_share(ratio: Number, decimals: int = 1) -> str:
    """A share with its sign, of what grew or shrank: `+3,0 %`."""
    return f"{'+' if ratio >= 0 else ''}{share(ratio, decimals)}"


@register.filter
def times(value: Number) -> str:
    """Write how many times as much: `2,5`, with two decimals below 1, where tenths say little."""
    step = _TENTH if value >= 1 else _CENT
    figure = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    return _figure(figure, 1 if value >= 1 else 2)


@register.filter
def seconds(value: Number | None) -> str:
    """`11,4 s`, from a minute on `2 min 5 s`, from an hour on `1 h 5 min`. A dash for None.

    Rounded up, to tenths under a minute and to seconds above, so that 20.04 s never reads as an answer within 20 s.
    """
    if value is None:
        return NOTHING
    exact = Decimal(str(value))
    tenths = exact.quantize(_TENTH, rounding=ROUND_CEILING)
    if tenths < _MINUTE:
        whole = tenths == tenths.to_integral_value()
        return _("{n} s").format(n=_figure(tenths, 0 if whole else 1)).replace(" ", _NBSP)
    whole_seconds = int(exact.to_integral_value(rounding=ROUND_CEILING))
    if whole_seconds < _HOUR:
        minutes, left = divmod(whole_seconds, _MINUTE)
        text = _("{m} min {s} s").format(m=minutes, s=left)
    else:
        hours, left = divmod(-(-whole_seconds // _MINUTE), _MINUTE)
        text = _("{h} h {m} min").format(h=hours, m=left)
    return text.replace(" ", _NBSP)


@register.filter
def hours(length: timedelta) -> str:
    """`7.5 h` in English and `7,5 u` in Dutch: a length of time in hours, to hundredths at most."""
    exact = Decimal(length // timedelta(seconds=1)) / _HOUR
    figure = exact.quantize(_CENT, rounding=ROUND_HALF_UP)
    decimals = 0 if figure == figure.to_integral_value() else 1 if figure * 10 % 1 == 0 else 2
    return _("{n} h").format(n=_figure(figure, decimals)).replace(" ", _NBSP)


def _percentage(value: Decimal, decimals: int) -> str:
    # Translators: a percentage. Dutch has a space before the sign.
    pattern = pgettext("share", "{figure}%")
    return pattern.format(figure=_figure(value, decimals)).replace(" ", _NBSP)


def _figure(value: Decimal, decimals: int) -> str:
    """Write a rounded value with the language's separators. A report has 600, and Django takes four times as long."""
    return f"{value:,.{decimals}f}".translate(_separators(get_language()))


@lru_cache
def _separators(_language: str | None) -> dict[int, str]:
    names = {",": "THOUSAND_SEPARATOR", ".": "DECIMAL_SEPARATOR"}
    return str.maketrans({sign: str(formats.get_format(name, use_l10n=True)) for sign, name in names.items()})
