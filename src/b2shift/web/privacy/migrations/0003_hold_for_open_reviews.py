from django.db import migrations


def hold(apps, schema_editor):
    """Reviews that were open before contacts were held for them."""
    requests, holds = apps.get_model("privacy", "RightsRequest"), apps.get_model("outbox", "Hold")
    for one in requests.objects.filter(kind="revisao", state__in=["aberto", "em_analise"]):
        person = one.person_ref.rpartition("/")[2] or None
        holds.objects.get_or_create(
            cause=one.protocol, defaults={"customer_id": one.customer_id, "person_id": person, "at": one.created_at}
        )


class Migration(migrations.Migration):

    dependencies = [
        ("privacy", "0002_erasure_orders"),
        ("outbox", "0003_holds"),
    ]

    operations = [migrations.RunPython(hold, migrations.RunPython.noop)]
