import config.lib.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('advocates', '0005_lists_of_many'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('campaigns', '0003_engine'),
        ('referrals', '0004_confirmed_before'),
        ('rewards', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DemandRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demand_rates', to='campaigns.campaign', verbose_name='campaign')),
                ('region', models.CharField(max_length=64, verbose_name='region')),
                ('unit', config.lib.fields.UnitField(max_length=16, verbose_name='currency')),
                ('amount', config.lib.fields.AmountField(verbose_name='amount')),
                ('valid_from', models.DateTimeField(verbose_name='from')),
                ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'demand of a region',
                'verbose_name_plural': 'demand of regions',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'region', 'unit', 'valid_from'), name='demand_rate_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('amount__lte', 1000000000000)), name='demand_amount_not_negative'), models.CheckConstraint(condition=models.Q(('region', ''), _negated=True), name='demand_region_not_empty'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='demand_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('referral', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='quote', to='referrals.referral', verbose_name='referral')),
                ('rules_at', models.DateTimeField(verbose_name='rules as of')),
                ('valid_until', models.DateTimeField(blank=True, help_text='Empty: for good.', null=True, verbose_name='stands until')),
                ('region', models.CharField(blank=True, default='', max_length=64, verbose_name='region')),
                ('demand', models.JSONField(blank=True, default=dict, help_text='Minor units by currency.', verbose_name='amount by demand')),
                ('tier', models.CharField(blank=True, default='', max_length=64, verbose_name='tier of the advocate')),
                ('segments', models.JSONField(blank=True, default=list, verbose_name='segments of the advocate')),
                ('made_at', models.DateTimeField(verbose_name='made')),
            ],
            options={
                'verbose_name': 'quote',
                'verbose_name_plural': 'quotes',
            },
        ),
        migrations.CreateModel(
            name='RuleBook',
            fields=[
                ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rule_book', serialize=False, to='campaigns.campaign')),
                ('stamp', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'book of rules',
                'verbose_name_plural': 'books of rules',
            },
        ),
        migrations.CreateModel(
            name='Tier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='campaigns.campaign', verbose_name='campaign')),
                ('key', models.SlugField(max_length=64, verbose_name='short name')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('from_confirmed', models.PositiveIntegerField(verbose_name='from so many confirmed referrals')),
                ('multiplier', models.PositiveIntegerField(default=10000, help_text='In hundredths of a percent: 12500 is one and a quarter times.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='multiplier')),
            ],
            options={
                'verbose_name': 'tier',
                'verbose_name_plural': 'tiers',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'key'), name='tier_key_once'), models.UniqueConstraint(fields=('campaign', 'from_confirmed'), name='tier_step_once'), models.CheckConstraint(condition=models.Q(('multiplier__gte', 1), ('multiplier__lte', 1000000)), name='tier_multiplier_in_bounds')],
            },
        ),
        migrations.AddField(
            model_name='limit',
            name='days',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='days in a row'),
        ),
        migrations.AddField(
            model_name='reward',
            name='waits_for_limit',
            field=models.CharField(blank=True, db_default='', default='', help_text='The limit that had no room, without its window; it goes out, in turn, when there is.', max_length=200),
        ),
        migrations.AddField(
            model_name='rewardrule',
            name='once_per',
            field=models.CharField(blank=True, choices=[('event', 'each time it happens'), ('friend', 'each friend'), ('party', 'each person who gets it')], db_default='', default='', help_text='Empty: once for each friend where the step itself happens once, else each time.', max_length=6, verbose_name='once for'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='over',
            field=models.CharField(choices=[('skip', 'pay nothing'), ('partial', 'pay what is left'), ('wait', 'wait until there is room')], default='skip', max_length=10, verbose_name='when reached'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='window',
            field=models.CharField(choices=[('event', 'event'), ('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year'), ('rolling', 'any so many days in a row'), ('lifetime', 'in all')], default='lifetime', max_length=10, verbose_name='in each'),
        ),
        migrations.AlterField(
            model_name='rewardrule',
            name='exclusive_group',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='only the best of the group'),
        ),
    ]
