from django.db import migrations

from tenants.origins import ascii_host


def write_addresses_in_ascii(apps, schema_editor):
    """Accounts were known by the address as typed. Where somebody has the ASCII form already, both stay as they are."""
    users = apps.get_model("agency", "User")
    known = apps.get_model("account", "EmailAddress")
    for user in users.objects.filter(email__regex="[^ -~]"):
        local, at, domain = user.email.rpartition("@")
        try:
            email = f"{local}{at}{ascii_host(domain)}"
        except ValueError:
            continue
        longest = users._meta.get_field("email").max_length
        if len(email) <= longest and not users.objects.filter(email=email).exists():
            users.objects.filter(pk=user.pk).update(email=email)
            known.objects.filter(user_id=user.pk).delete()


class Migration(migrations.Migration):
    dependencies = [("agency", "0010_kept_seat"), ("account", "__first__")]

    operations = [migrations.RunPython(write_addresses_in_ascii, migrations.RunPython.noop)]
