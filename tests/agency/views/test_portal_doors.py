"""The door of a company's portal: every role reads, and who may write is said by the page itself."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from agency.models import PortalMember, User
from agency.views.doors import FORM, READ, portal_page
from tenants.models import Company

Role = PortalMember.Role


def _view(request: HttpRequest, member: PortalMember) -> HttpResponse:
    return HttpResponse(member.role)


@pytest.mark.parametrize(
    ("role", "writes", "let_in"),
    [
        (Role.OWNER, Role.OWNER, True),
        (Role.EDITOR, Role.OWNER, False),
        (Role.READER, Role.OWNER, False),
        (Role.OWNER, Role.EDITOR, True),
        (Role.EDITOR, Role.EDITOR, True),
        (Role.READER, Role.EDITOR, False),
    ],
)
@pytest.mark.django_db
def test_a_form_is_taken_from_the_role_and_those_above(role: str, writes: str, let_in: bool) -> None:
    page = portal_page(FORM, writes=writes)(_view)
    carol = User.objects.get(email="carol@acme.test")
    PortalMember.objects.filter(user=carol).update(role=role)
    asked = [RequestFactory().get("/"), RequestFactory().post("/")]
    for request in asked:
        request.user, request.company = carol, Company.objects.get(slug="acme")  # type: ignore[attr-defined]
    assert page(asked[0]).content.decode() == role
    if let_in:
        assert page(asked[1]).content.decode() == role
    else:
        with pytest.raises(PermissionDenied, match=r"[Ee]igena"):
            page(asked[1])


def test_a_page_with_a_form_names_the_role_and_one_without_none() -> None:
    with pytest.raises(TypeError):
        portal_page(FORM)
    with pytest.raises(TypeError):
        portal_page(READ, writes=Role.EDITOR)
