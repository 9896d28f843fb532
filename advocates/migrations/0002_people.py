import config.lib.fields
import config.lib.ids
import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('advocates', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CircleLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('rank', models.PositiveSmallIntegerField(help_text='1 is the innermost.', unique=True, verbose_name='rank')),
                ('offer', models.CharField(blank=True, default='', max_length=200, verbose_name='what they are offered')),
            ],
            options={
                'verbose_name': 'level of the inner circle',
                'verbose_name_plural': 'levels of the inner circle',
                'constraints': [models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='circle_level_from_one')],
            },
        ),
        migrations.CreateModel(
            name='CircleSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='sug')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='advocates.contact')),
                ('live_key', models.CharField(max_length=40, unique=True)),
                ('score', models.IntegerField(verbose_name='score')),
                ('reasons', models.JSONField(default=list, help_text='Signal, points and values of each.', verbose_name='reasons')),
                ('suggested_at', models.DateTimeField(verbose_name='suggested')),
                ('refreshed_at', models.DateTimeField(verbose_name='weighed')),
                ('decision', models.CharField(blank=True, choices=[('member', 'in the inner circle'), ('dismissed', 'not suggested again'), ('removed', 'taken out'), ('later', 'to be looked at again')], default='', max_length=10, verbose_name='decision')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
            ],
            options={
                'verbose_name': 'suggestion',
                'verbose_name_plural': 'suggestions',
                'indexes': [models.Index(condition=models.Q(('decision', '')), fields=['-score'], name='suggestion_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decision', ''), ('decision__in', ['member', 'dismissed', 'removed', 'later']), _connector='OR'), name='suggestion_decision_known')],
            },
        ),
        migrations.CreateModel(
            name='ContactMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='mrg')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='advocates.contact')),
                ('gone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_away', to='advocates.contact')),
                ('moved', models.JSONField(default=dict, help_text='Table → ids of rows.')),
                ('before', models.JSONField(default=dict, help_text='Columns of both contacts as they stood.')),
                ('reason', models.CharField(blank=True, default='', max_length=500, verbose_name='reason')),
                ('merged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='merged by')),
                ('merged_at', models.DateTimeField(verbose_name='day of the merge')),
                ('undo_until', models.DateTimeField(verbose_name='can be undone until')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
            ],
            options={
                'verbose_name': 'merge',
                'verbose_name_plural': 'merges',
                'constraints': [models.CheckConstraint(condition=models.Q(('kept', models.F('gone')), _negated=True), name='merge_of_two')],
            },
        ),
        migrations.CreateModel(
            name='ContactPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='pai')),
                ('left', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairs_left', to='advocates.contact')),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairs_right', to='advocates.contact')),
                ('cause', models.CharField(choices=[('conflict', 'keys of two people'), ('alike', 'look alike')], max_length=10, verbose_name='why')),
                ('score', models.PositiveSmallIntegerField(default=100, help_text='0 to 100.', verbose_name='likeness')),
                ('reasons', models.JSONField(default=list, verbose_name='reasons')),
                ('source', models.CharField(blank=True, default='', max_length=64, verbose_name='source')),
                ('status', models.CharField(choices=[('open', 'to be decided'), ('merged', 'one person'), ('apart', 'two people')], default='open', max_length=10, verbose_name='status')),
                ('found_at', models.DateTimeField(verbose_name='found')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
            ],
            options={
                'verbose_name': 'possible duplicate',
                'verbose_name_plural': 'possible duplicates',
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['-score'], name='contact_pair_open')],
                'constraints': [models.UniqueConstraint(fields=('left', 'right'), name='contact_pair_once'), models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='contact_pair_in_order'), models.CheckConstraint(condition=models.Q(('score__lte', 100)), name='contact_pair_score_at_most_100'), models.CheckConstraint(condition=models.Q(('cause__in', ['conflict', 'alike'])), name='contact_pair_cause_known'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'merged', 'apart'])), name='contact_pair_status_known')],
            },
        ),
        migrations.CreateModel(
            name='CustomerModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parameters', models.JSONField(verbose_name='parameters')),
                ('figures', models.JSONField(default=dict, verbose_name='how well it fits')),
                ('customers', models.PositiveIntegerField(verbose_name='customers')),
                ('fitted_at', models.DateTimeField(verbose_name='fitted')),
            ],
            options={
                'verbose_name': 'customer-base model',
                'verbose_name_plural': 'customer-base models',
                'indexes': [models.Index(fields=['-fitted_at'], name='customer_model_newest')],
            },
        ),
        migrations.CreateModel(
            name='CustomerScore',
            fields=[
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='score', serialize=False, to='advocates.contact')),
                ('recency', models.PositiveSmallIntegerField(verbose_name='recency')),
                ('frequency', models.PositiveSmallIntegerField(verbose_name='frequency')),
                ('value', models.PositiveSmallIntegerField(verbose_name='value')),
                ('unit', config.lib.fields.UnitField(blank=True, default='', max_length=16, verbose_name='currency')),
                ('expected_milli', models.PositiveIntegerField(blank=True, help_text='In thousandths, within a year.', null=True, verbose_name='expected purchases')),
                ('alive_bp', models.PositiveSmallIntegerField(blank=True, help_text='In basis points.', null=True, verbose_name='chance to be still active')),
                ('model', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='advocates.customermodel')),
                ('scored_at', models.DateTimeField(verbose_name='reckoned')),
            ],
            options={
                'verbose_name': 'customer score',
                'verbose_name_plural': 'customer scores',
                'constraints': [models.CheckConstraint(condition=models.Q(('recency__gte', 1), ('recency__lte', 5)), name='score_recency_is_quintile'), models.CheckConstraint(condition=models.Q(('frequency__gte', 1), ('frequency__lte', 5)), name='score_frequency_is_quintile'), models.CheckConstraint(condition=models.Q(('value__gte', 1), ('value__lte', 5)), name='score_value_is_quintile'), models.CheckConstraint(condition=models.Q(('alive_bp', None), ('alive_bp__lte', 10000), _connector='OR'), name='score_alive_at_most_one')],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='era')),
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to='advocates.contact')),
                ('way', models.CharField(choices=[('staff', 'by staff'), ('portal', 'by the person, in the portal'), ('api', 'by another system')], max_length=10, verbose_name='asked for')),
                ('counts', models.JSONField(default=dict, help_text='Table → rows.', verbose_name='what was deleted')),
                ('key_hashes', models.JSONField(default=list)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('erased_at', models.DateTimeField(verbose_name='erased')),
            ],
            options={
                'verbose_name': 'erasure',
                'verbose_name_plural': 'erasures',
                'constraints': [models.CheckConstraint(condition=models.Q(('way__in', ['staff', 'portal', 'api'])), name='erasure_way_known')],
            },
        ),
        migrations.CreateModel(
            name='ImportChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='advocates.importrun')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_changes', to='advocates.contact')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('keys_added', models.JSONField(default=list, verbose_name='keys added')),
            ],
            options={
                'verbose_name': 'change by an import',
                'verbose_name_plural': 'changes by imports',
                'constraints': [models.UniqueConstraint(fields=('run', 'contact'), name='import_change_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('kind', models.CharField(choices=[('contacts', 'contacts'), ('purchases', 'purchases'), ('moments', 'moments')], max_length=10, verbose_name='kind')),
                ('mapping', models.JSONField(default=dict, help_text='Plain name of the column → field.', verbose_name='columns')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'remembered columns',
                'verbose_name_plural': 'remembered columns',
                'constraints': [models.UniqueConstraint(fields=('source', 'kind'), name='import_mapping_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['contacts', 'purchases', 'moments'])), name='import_mapping_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Moment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='mom')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moments', to='advocates.contact', verbose_name='person')),
                ('kind', models.CharField(choices=[('purchase', 'bought'), ('issue_resolved', 'a problem was solved'), ('positive_feedback', 'praised us'), ('public_praise', 'praised us in public'), ('milestone', 'reached a milestone'), ('implementation_done', 'everything was set up'), ('testimonial', 'gave a testimonial'), ('complaint', 'had a complaint')], max_length=20, verbose_name='what')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('event_id', models.CharField(max_length=128, verbose_name='id at the source')),
                ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='note')),
                ('metadata', models.JSONField(blank=True, default=dict, verbose_name='further facts')),
                ('occurred_at', models.DateTimeField(verbose_name='when')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='complaint settled')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('import_run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moments', to='advocates.importrun')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'moment',
                'verbose_name_plural': 'moments',
                'indexes': [models.Index(fields=['contact', '-occurred_at'], name='moment_of_contact'), models.Index(condition=models.Q(('kind', 'complaint'), ('resolved_at', None)), fields=['contact'], name='moment_open')],
                'constraints': [models.UniqueConstraint(fields=('source', 'event_id'), name='moment_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['purchase', 'issue_resolved', 'positive_feedback', 'public_praise', 'milestone', 'implementation_done', 'testimonial', 'complaint'])), name='moment_kind_known'), models.CheckConstraint(condition=models.Q(('resolved_at', None), ('kind', 'complaint'), _connector='OR'), name='moment_only_complaints_settle')],
            },
        ),
        migrations.CreateModel(
            name='NpsAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='nps')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nps_answers', to='advocates.contact', verbose_name='person')),
                ('score', models.PositiveSmallIntegerField(verbose_name='score')),
                ('comment', models.TextField(blank=True, default='', verbose_name='comment')),
                ('via', models.CharField(choices=[('survey', 'survey'), ('api', 'another system'), ('import', 'import'), ('staff', 'told to staff')], max_length=10, verbose_name='came by')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('event_id', models.CharField(max_length=128, verbose_name='id at the source')),
                ('occurred_at', models.DateTimeField(verbose_name='answered')),
                ('handled_at', models.DateTimeField(blank=True, null=True, verbose_name='got in touch')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('import_run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='nps_answers', to='advocates.importrun')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'NPS answer',
                'verbose_name_plural': 'NPS answers',
                'indexes': [models.Index(fields=['contact', '-occurred_at'], name='nps_answer_of_contact')],
                'constraints': [models.UniqueConstraint(fields=('source', 'event_id'), name='nps_answer_once'), models.CheckConstraint(condition=models.Q(('via__in', ['survey', 'api', 'import', 'staff'])), name='nps_answer_via_known'), models.CheckConstraint(condition=models.Q(('score__lte', 10)), name='nps_answer_at_most_10')],
            },
        ),
        migrations.CreateModel(
            name='PurchaseReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purchase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='advocates.purchase')),
                ('kind', models.CharField(choices=[('returned', 'returned'), ('cancelled', 'called off')], default='returned', max_length=10, verbose_name='kind')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('event_id', models.CharField(max_length=128, verbose_name='id at the source')),
                ('amount', config.lib.fields.AmountField(verbose_name='value')),
                ('occurred_at', models.DateTimeField(verbose_name='when')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'return',
                'verbose_name_plural': 'returns',
                'constraints': [models.UniqueConstraint(fields=('source', 'event_id'), name='purchase_return_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['returned', 'cancelled'])), name='purchase_return_kind_known'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('amount__lte', 1000000000000)), name='purchase_return_in_bounds')],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='seg')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='what it is for')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('members_count', models.PositiveIntegerField(default=0, verbose_name='people')),
                ('refreshed_at', models.DateTimeField(blank=True, null=True, verbose_name='counted')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
            ],
            options={
                'verbose_name': 'segment',
                'verbose_name_plural': 'segments',
            },
        ),
        migrations.CreateModel(
            name='SegmentCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conditions', to='advocates.segment')),
                ('group', models.CharField(choices=[('all', 'all of these'), ('any', 'at least one of these'), ('not', 'none of these')], default='all', max_length=3, verbose_name='group')),
                ('field', models.CharField(max_length=64, verbose_name='field')),
                ('operator', models.CharField(max_length=20, verbose_name='compared')),
                ('value', models.JSONField(blank=True, default=None, null=True, verbose_name='value')),
            ],
            options={
                'verbose_name': 'condition of a segment',
                'verbose_name_plural': 'conditions of a segment',
                'constraints': [models.CheckConstraint(condition=models.Q(('group__in', ['all', 'any', 'not'])), name='segment_group_known')],
            },
        ),
        migrations.CreateModel(
            name='SegmentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='advocates.segment')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='segment_events', to='advocates.contact')),
                ('kind', models.CharField(choices=[('joined', 'joined the segment'), ('left', 'left the segment')], max_length=10, verbose_name='what')),
                ('occurred_at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'coming and going',
                'verbose_name_plural': 'coming and going',
                'indexes': [models.Index(fields=['segment', '-occurred_at'], name='segment_event_of'), models.Index(fields=['contact', '-occurred_at'], name='segment_event_of_contact')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['joined', 'left'])), name='segment_event_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='SegmentMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='advocates.segment')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='segments', to='advocates.contact')),
                ('joined_at', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'member of a segment',
                'verbose_name_plural': 'members of a segment',
                'constraints': [models.UniqueConstraint(fields=('segment', 'contact'), name='segment_member_once')],
            },
        ),
        migrations.AddField(
            model_name='circlechoice',
            name='remind_on',
            field=models.DateField(blank=True, null=True, verbose_name='look again on'),
        ),
        migrations.AddField(
            model_name='contact',
            name='first_purchase_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='first purchase'),
        ),
        migrations.AddField(
            model_name='contact',
            name='import_run',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contacts', to='advocates.importrun'),
        ),
        migrations.AddField(
            model_name='contact',
            name='last_purchase_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='latest purchase'),
        ),
        migrations.AddField(
            model_name='contactdetails',
            name='match_name',
            field=models.CharField(blank=True, db_default='', default='', help_text='The name as likenesses are sought by: one case, one width, parts in order.', max_length=200),
        ),
        migrations.AddField(
            model_name='importrun',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handed in by'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='currency',
            field=models.CharField(blank=True, default='', max_length=16, verbose_name='currency'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='encoding',
            field=models.CharField(blank=True, default='', max_length=20, verbose_name='encoding'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='format',
            field=models.CharField(choices=[('auto', 'by its content'), ('csv', 'CSV or text'), ('xlsx', 'Excel workbook'), ('hubspot', 'HubSpot export'), ('shopify', 'Shopify export')], default='auto', max_length=10, verbose_name='format'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='lease_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='importrun',
            name='mapping',
            field=models.JSONField(blank=True, default=dict, help_text='Column → field.', verbose_name='columns'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='merged_count',
            field=models.PositiveIntegerField(default=0, verbose_name='merged'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='path',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='importrun',
            name='refused_path',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='importrun',
            name='rows_total',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='rows in all'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='sheet',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='sheet'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='undone_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='taken back'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='worked_for',
            field=models.DurationField(default=datetime.timedelta),
        ),
        migrations.AddField(
            model_name='purchase',
            name='returned_amount',
            field=config.lib.fields.AmountField(db_default=0, default=0, verbose_name='returned'),
        ),
        migrations.AddField(
            model_name='purchase',
            name='status',
            field=models.CharField(choices=[('complete', 'complete'), ('part', 'partly returned'), ('returned', 'returned'), ('cancelled', 'called off')], db_default='complete', default='complete', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='circlechoice',
            name='status',
            field=models.CharField(choices=[('member', 'in the inner circle'), ('dismissed', 'not suggested again'), ('removed', 'taken out'), ('later', 'to be looked at again')], max_length=10, verbose_name='decision'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='channel',
            field=models.CharField(choices=[('email', 'e-mail'), ('phone', 'phone'), ('publish', 'publishing their words')], max_length=10, verbose_name='channel'),
        ),
        migrations.AlterField(
            model_name='contact',
            name='relation',
            field=models.CharField(choices=[('customer', 'customer'), ('past_customer', 'past customer'), ('lead', 'open lead'), ('lost_lead', 'lost lead'), ('partner', 'partner'), ('vendor', 'vendor'), ('industry_leader', 'industry leader'), ('other', 'other')], default='other', max_length=20, verbose_name='relation'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='kind',
            field=models.CharField(choices=[('contacts', 'contacts'), ('purchases', 'purchases'), ('moments', 'moments')], max_length=10, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='status',
            field=models.CharField(choices=[('draft', 'not begun'), ('queued', 'waiting'), ('running', 'running'), ('paused', 'paused'), ('done', 'done'), ('failed', 'stopped by an error'), ('cancelled', 'cancelled'), ('undone', 'taken back')], default='running', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='suppression',
            name='reason',
            field=models.CharField(choices=[('unsubscribed', 'unsubscribed'), ('bounced', 'address does not exist'), ('complained', 'complained'), ('staff', 'set by staff'), ('erased', 'asked to be forgotten')], max_length=20, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='circlechoice',
            name='level',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='advocates.circlelevel', verbose_name='level'),
        ),
    ]
