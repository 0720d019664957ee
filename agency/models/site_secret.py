"""Secrets with which a company's own server signs who a visitor is."""

import uuid

from django.db import models

from tenants.models import Site


class SiteSecret(models.Model):
    """One secret of a site. Two hold at once while the company's server changes from one to the other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="secrets")
    # Encrypted and not hashed: a signature is checked with the secret itself.
    sealed = models.CharField(max_length=300)
    # Its last letters, by which its owner knows it again.
    ending = models.CharField(max_length=4)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"…{self.ending}"
