"""Due contacts of one kind by priority, the tabs of the list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0005_proposal_units"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["kind", "priority", "proposal_id"], name="proposal_by_kind"),
        ),
    ]
