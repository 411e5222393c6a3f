from django.db import migrations

from b2shift.web.crm.migrations import _search_index


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]
    operations = [migrations.RunPython(_search_index.create, _search_index.remove)]
