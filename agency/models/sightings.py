"""Where the code of a site was seen: what a browser said, as against what we were told."""

from typing import ClassVar

from django.db import models


class SiteSighting(models.Model):
    """A page of this origin asked for a site's config, and the site allowed it. Written at most once an hour."""

    site = models.ForeignKey("tenants.Site", on_delete=models.CASCADE, related_name="sightings")
    origin = models.CharField(max_length=200)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "origin"], name="one_sighting")]
