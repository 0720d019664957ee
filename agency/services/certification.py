"""Certifying operators for companies, and taking it back."""

from django.db import transaction
from django.db.models import F

from agency.models import Certification, InstructionVersion, Operator, User
from tenants.models import Company


@transaction.atomic
def certify(*, operator: Operator, company: Company) -> Certification:
    """Certify an operator for a company's instruction as it is now."""
    version, _ = InstructionVersion.objects.get_or_create(company=company)
    certification, _ = Certification.objects.update_or_create(
        operator=operator, company=company, defaults={"major": version.major}
    )
    return certification


@transaction.atomic
def revoke(*, operator: Operator, company: Company) -> bool:
    """Take a certification back; open consoles of the operator close within 2 s. False if there was none."""
    gone, _ = Certification.objects.filter(operator=operator, company=company).delete()
    if gone:
        end_access(operator.user)
    return bool(gone)


def end_access(user: User) -> None:
    """Close every open socket of somebody whose rights have shrunk, within 2 s."""
    User.objects.filter(pk=user.pk).update(access_epoch=F("access_epoch") + 1)


def raise_major(company: Company) -> int:
    """A new major instruction version: certifications for older ones no longer count. The new number."""
    with transaction.atomic():
        version, _ = InstructionVersion.objects.select_for_update().get_or_create(company=company)
        version.major += 1
        version.save()
    return version.major
