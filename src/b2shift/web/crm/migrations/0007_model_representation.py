from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("crm", "0006_proposal_by_kind"),
    ]

    operations = [
        migrations.RemoveField(model_name="segmentmodel", name="noise_share"),
        migrations.AddField(
            model_name="segmentmodel",
            name="representation",
            field=models.CharField(default="", max_length=40, verbose_name="forma das colunas"),
        ),
    ]
