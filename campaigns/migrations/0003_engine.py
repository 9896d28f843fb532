from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0002_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='quote_days',
            field=models.PositiveIntegerField(blank=True, help_text='Counted from sign-up. 0: always what stands today. Empty: as long as a sale still counts.', null=True, verbose_name='days for which a promise stands'),
        ),
    ]
