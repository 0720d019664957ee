"""The form with how a company's chat looks, and its checks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.services.system import rate_limits
from agency.views.companies.forms import FactsForm
from agency.views.fields import ChoiceField
from chat.services.files.picture import MOST_BYTES, BadPicture, CleanPicture, PictureProblem, make_square
from chat.services.look import LOGO_SIDE, ChosenLook, NewLogo
from tenants.models import Company, Site
from tenants.names import clean_name

NAMES = ("name", "brand", "tone")
# A logo, or why the picture that was sent isn't taken.
JudgedLogo = NewLogo | ValidationError
_ALLOWED = gettext_lazy("Take a PNG, JPEG, WebP or GIF of at most 2 MB and 4,000 by 4,000 pixels.")


class LookForm(forms.Form):
    """Name, colour, tone and logo of a company, and the corner of each of its sites.

    `judged`: what `judge_logo` made of the picture in `files`.
    """

    name = FactsForm.base_fields["name"]
    brand = FactsForm.base_fields["brand"]
    tone = FactsForm.base_fields["tone"]
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy(
            "A PNG, JPEG, WebP or GIF of at most 2 MB. A sign without words reads best, it is small."
        ),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    drop_logo = forms.BooleanField(label=gettext_lazy("No logo: show the letters"), required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, company: Company, judged: JudgedLogo | None = None
    ) -> None:
        initial = {name: getattr(company, name) for name in NAMES} | {"drop_logo": False}
        super().__init__(data, files, initial=initial)
        self._judged = judged
        self.sites = list(company.sites.all())
        # Of the logo that the page shows: another one that came meanwhile isn't replaced unseen.
        self.logo_id = company.logo.get("file", "")
        if not self.logo_id:
            del self.fields["drop_logo"]
        for site in self.sites:
            self.fields[_side_of(site)] = _side_field(site, alone=len(self.sites) == 1)

    @property
    def side_fields(self) -> list[forms.BoundField]:
        """The corner of each site."""
        return [self[_side_of(site)] for site in self.sites]

    def clean_logo(self) -> NewLogo | None:
        """Return the logo as we wrote it anew."""
        if self.cleaned_data.get("logo") is None:
            return None
        if self._is_logo_unseen:
            raise ValidationError(
                _("Somebody else has just saved another logo. Choose yours again to put it in its place.")
            )
        if isinstance(self._judged, ValidationError):
            raise self._judged
        return self._judged

    def clean_drop_logo(self) -> bool:
        """Return whether the logo goes that the page showed."""
        is_dropped: bool = self.cleaned_data["drop_logo"]
        if is_dropped and self._is_logo_unseen:
            raise ValidationError(_("Somebody else has just saved another logo. Save again to take it away."))
        return is_dropped

    @property
    def _is_logo_unseen(self) -> bool:
        return bool(self.data.get("logo_seen", self.logo_id) != self.logo_id)

    def look(self) -> ChosenLook:
        """Return what a valid form holds."""
        facts = self.cleaned_data
        return ChosenLook(
            facts={name: facts[name] for name in NAMES},
            sides={site.pk: facts[_side_of(site)] for site in self.sites},
            logo=facts["logo"],
            drop_logo=facts.get("drop_logo", False),
        )


def judge_logo(company: Company, sent: UploadedFile | None) -> JudgedLogo | None:
    """Return the logo that a picture becomes, or why it isn't taken. None where nothing was sent.

    It takes up to 15 s, and counts what was sent: call it before a transaction that holds the company or that may be
    taken back.
    """
    if sent is None:
        return None
    try:
        return NewLogo(clean_name(sent.name or "", 200), read_logo(company, sent))
    except ValidationError as refused:
        return refused


def read_logo(company: Company, sent: UploadedFile) -> CleanPicture:
    """Return a picture that somebody sent, written anew.

    Raises:
        ValidationError: it isn't taken. Its words say what is.
    """
    limit = rate_limits.PICTURES_OF_COMPANY
    if not rate_limits.take(limit, str(company.pk), about=company.name, company_id=company.pk):
        facts = {"most": limit.most, "minutes": limit.within // 60}
        raise ValidationError(_("At most %(most)d pictures in %(minutes)d minutes. Wait, then try again.") % facts)
    try:
        # One byte more than is taken: of a file of any size no more is read.
        return make_square(sent.read(MOST_BYTES + 1), side=LOGO_SIDE)
    except BadPicture as refused:
        raise ValidationError(f"{_problem_words(refused.problem)} {_ALLOWED}", code=refused.problem) from None


def _problem_words(problem: PictureProblem) -> str:
    return {
        PictureProblem.EMPTY: _("This file is empty."),
        PictureProblem.HEAVY: _("This file is larger than 2 MB."),
        PictureProblem.KIND: _("This kind of file can't be used here, such as an SVG or a PDF."),
        PictureProblem.LARGE: _("This picture has too many pixels."),
        PictureProblem.BROKEN: _("This picture is damaged or breaks off."),
        PictureProblem.BLANK: _("Nothing is to be seen in this picture: all of it is transparent."),
    }[problem]


def _side_of(site: Site) -> str:
    return f"side_{site.pk.hex}"


def _side_field(site: Site, *, alone: bool) -> forms.ChoiceField:
    label = _("Corner of the page") if alone else _("Corner of the page, %(site)s") % {"site": site.name}
    return ChoiceField(label=label, choices=Site.Side.choices, initial=site.side, widget=forms.RadioSelect)
