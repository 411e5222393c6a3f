from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0005_action_of_segmentation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(choices=[('personal_read', 'Leu dados pessoais'), ('export', 'Exportou'), ('sign_in', 'Entrou'), ('sign_in_refused', 'Entrada recusada'), ('sign_out', 'Saiu'), ('token_issued', 'Criou chave'), ('token_revoked', 'Revogou chave'), ('person_changed', 'Alterou pessoa'), ('publication', 'Publicou dados'), ('consent', 'Registrou consentimento ou oposição'), ('rights_request', 'Tratou pedido de titular'), ('person_erased', 'Apagou uma pessoa'), ('retention', 'Aplicou prazos de guarda'), ('load_released', 'Decidiu sobre uma carga em quarentena'), ('outreach', 'Tratou um contato'), ('switch', 'Parou ou retomou envios'), ('source_changed', 'Mudou uma fonte declarada'), ('segmentation', 'Decidiu sobre os segmentos')], max_length=24, verbose_name='o quê'),
        ),
    ]
