"""Where the code of a site was seen: by browsers that asked for its config, and by us, who read its pages."""

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


class InstallCheck(models.Model):
    """The last look at the page of one of a site's addresses, from our side.

    Args:
        state: found, other (another site's code), hidden (a tag manager may add it), absent, unread.
        reason: of unread: a code of agency/services/outgoing/fetch.py, or the answer's status.
        found_at: the last look that found the code; `missed_at`: the first look since then that didn't.
        next_at: when the next look is due.
    """

    site = models.ForeignKey("tenants.Site", on_delete=models.CASCADE, related_name="install_checks")
    origin = models.CharField(max_length=200)
    state = models.CharField(max_length=6, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    checked_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "origin"], name="one_install_check")]
        indexes: ClassVar = [models.Index(fields=["next_at"], name="install_check_due")]
