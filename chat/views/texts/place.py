"""Where a company's texts are shown: to whom, under which addresses, and what may be done there."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from agency.models import PortalMember, User
from chat.models import Text
from chat.services.texts.drafts import TextAuthor
from tenants.models import Company


@dataclass(frozen=True, slots=True)
class TextPlace:
    """The manager's pages of one company's texts, or those of its portal.

    `by`: whoever writes there; None reads only. `member`: of the portal.
    """

    company: Company
    by: TextAuthor | None
    member: PortalMember | None = None

    @property
    def inside(self) -> bool:
        """Whether this is the agency's."""
        return self.member is None

    @property
    def approves(self) -> bool:
        """Whether what is published here is approved by that: the company's own pages."""
        return self.by is not None and not self.inside

    @property
    def rules(self) -> bool:
        """Whether who publishes is decided here: by an owner."""
        return self.member is not None and self.member.may(PortalMember.Role.OWNER)

    def may_publish(self, draft: Text | None = None) -> bool:
        """Whether a draft, or words that are none yet, can be published here."""
        if self.by is None:
            return False
        return self.approves or self.company.managers_publish or bool(draft and draft.approved_at)

    def url(self, page: str, text_id: UUID | None = None) -> str:
        """The address of a page here: `texts`, `text`, `text_edit`, ..."""
        about = [self.company.pk] if self.inside else []
        return reverse(
            f"{'manage' if self.inside else 'portal'}_{page}", args=[*about, *([text_id] if text_id else [])]
        )

    def name(self, name: str, *, inside: bool) -> str:
        """A name as it may be read here: of the agency's people the company reads the agency's."""
        return name if self.inside or not inside else settings.AGENCY_NAME


def managers_place(company: Company, user: User) -> TextPlace:
    """The manager's pages."""
    return TextPlace(company, TextAuthor(user))


def members_place(member: PortalMember) -> TextPlace:
    """The portal's pages."""
    by = TextAuthor(member.user, inside=False) if member.may(PortalMember.Role.EDITOR) else None
    return TextPlace(member.company, by, member)
