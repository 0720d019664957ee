from django.db import migrations, models

from tenants.origins import ascii_host


def plain(address):
    """The address with its domain in ASCII; as it is where that can't be."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{ascii_host(domain)}"
    except ValueError:
        return address


def write_addresses_in_ascii(apps, schema_editor):
    """They were stored as typed; `fußball.example` was then mailed as `fussball.example`."""
    for name, fields in (
        ("Question", ["email"]),
        ("Visitor", ["email"]),
        ("TranscriptRequest", ["recipient"]),
        ("Delivery", ["recipient", "reply_to"]),
    ):
        model = apps.get_model("chat", name)
        for field in fields:
            longest = model._meta.get_field(field).max_length
            for row in model.objects.filter(**{f"{field}__regex": "[^ -~]"}).only("pk", field):
                address = plain(getattr(row, field))
                # ASCII takes more letters; what no longer fits can't be mailed, and stays to be read.
                if len(address) <= longest:
                    model.objects.filter(pk=row.pk).update(**{field: address})


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_one_clock")]

    operations = [
        migrations.AddField(
            model_name="transcriptrequest",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(write_addresses_in_ascii, migrations.RunPython.noop),
    ]
