from django.db import migrations, models

import tenants.models
from tenants.origins import ascii_host, ascii_url

NOT_ASCII = "[^ -~]"


def plain(value):
    """An address, origin or host with its host in ASCII; as it is where that can't be."""
    try:
        if "://" in value:
            return ascii_url(value)
        local, at, domain = value.rpartition("@")
        return f"{local}{at}{ascii_host(domain)}"
    except ValueError:
        return value


def write_addresses_in_ascii(apps, schema_editor):
    """They were stored as typed, and became ASCII by Python's IDNA 2003 where they were used."""
    places = (
        ("Company", ("question_email", "transcript_email", "reply_email")),
        ("Site", ("privacy_url",)),
        ("Domain", ("domain",)),
    )
    for name, fields in places:
        model = apps.get_model("tenants", name)
        for field in fields:
            column = model._meta.get_field(field)
            for row in model.objects.filter(**{f"{field}__regex": NOT_ASCII}):
                value = plain(getattr(row, field))
                # Where it no longer fits, or somebody has the ASCII form already, it stays as it is.
                taken = column.unique and model.objects.filter(**{field: value}).exists()
                if len(value) <= column.max_length and not taken:
                    model.objects.filter(pk=row.pk).update(**{field: value})
    sites = apps.get_model("tenants", "Site")
    for site in sites.objects.exclude(origins=[]):
        if not "".join(site.origins).isascii():
            sites.objects.filter(pk=site.pk).update(origins=[plain(one) for one in site.origins])


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_one_clock")]

    operations = [
        migrations.AlterField(
            model_name="company",
            name="name",
            field=models.CharField(max_length=100, validators=[tenants.models.check_name]),
        ),
        migrations.AlterField(
            model_name="company",
            name="monogram",
            field=models.CharField(max_length=2, unique=True, validators=[tenants.models.check_name]),
        ),
        migrations.AlterField(
            model_name="company",
            name="address",
            field=models.CharField(blank=True, max_length=200, validators=[tenants.models.check_name]),
        ),
        migrations.AlterField(
            model_name="site",
            name="name",
            field=models.CharField(max_length=100, validators=[tenants.models.check_name]),
        ),
        migrations.RunPython(write_addresses_in_ascii, migrations.RunPython.noop),
    ]
