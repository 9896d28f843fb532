import config.lib.fields
import config.lib.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='con')),
                ('relation', models.CharField(choices=[('customer', 'customer'), ('past_customer', 'past customer'), ('lead', 'lead'), ('partner', 'partner'), ('vendor', 'vendor'), ('industry_leader', 'industry leader'), ('other', 'other')], default='other', max_length=20, verbose_name='relation')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('de', 'German'), ('zh-hans', 'Simplified Chinese'), ('ms', 'Malay'), ('nb', 'Norwegian Bokmål'), ('ko', 'Korean')], default='', max_length=10, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, default='', max_length=64, verbose_name='time zone')),
                ('country', models.CharField(blank=True, default='', max_length=2, verbose_name='country')),
                ('region', models.CharField(blank=True, default='', max_length=64, verbose_name='region')),
                ('customer_since', models.DateField(blank=True, null=True, verbose_name='customer since')),
                ('purchases_count', models.PositiveIntegerField(default=0, verbose_name='purchases')),
                ('lifetime_amount', config.lib.fields.AmountField(default=0, verbose_name='lifetime value')),
                ('lifetime_unit', config.lib.fields.UnitField(blank=True, default='', max_length=16, verbose_name='currency')),
                ('nps_score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='latest NPS answer')),
                ('nps_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('last_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='last asked')),
                ('metadata', models.JSONField(blank=True, default=dict, verbose_name='further facts')),
                ('is_test', models.BooleanField(default=False, verbose_name='test')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='advocates.contact')),
                ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='known since')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'indexes': [models.Index(fields=['-nps_score', '-purchases_count'], name='contact_worth_asking'), models.Index(fields=['-created_at'], name='contact_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('relation__in', ['customer', 'past_customer', 'lead', 'partner', 'vendor', 'industry_leader', 'other'])), name='contact_relation_known'), models.CheckConstraint(condition=models.Q(('nps_score', None), ('nps_score__lte', 10), _connector='OR'), name='contact_nps_at_most_10'), models.CheckConstraint(condition=models.Q(models.Q(('nps_at', None), ('nps_score', None)), models.Q(('nps_at__isnull', False), ('nps_score__isnull', False)), _connector='OR'), name='contact_nps_has_its_time'), models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='contact_not_merged_into_itself'), models.CheckConstraint(condition=models.Q(('lifetime_amount__gte', -1000000000000), ('lifetime_amount__lte', 1000000000000)), name='contact_lifetime_in_bounds')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('public_id', config.lib.ids.PublicIdField(prefix='usr')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'German'), ('zh-hans', 'Simplified Chinese'), ('ms', 'Malay'), ('nb', 'Norwegian Bokmål'), ('ko', 'Korean')], default='en', max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('is_staff', models.BooleanField(default=True, verbose_name='works in the console')),
                ('contact', models.ForeignKey(blank=True, help_text='Links a colleague to their own contact, so that conflicts of interest show.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='staff_users', to='advocates.contact', verbose_name='is also a customer')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'member of staff',
                'verbose_name_plural': 'staff',
            },
        ),
        migrations.CreateModel(
            name='ContactDetails',
            fields=[
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='details', serialize=False, to='advocates.contact')),
                ('name', models.CharField(blank=True, default='', max_length=200, verbose_name='name')),
                ('public_name', models.CharField(blank=True, default='', max_length=80, verbose_name='name shown to friends')),
                ('company', models.CharField(blank=True, default='', max_length=200, verbose_name='company')),
            ],
            options={
                'verbose_name': 'details',
                'verbose_name_plural': 'details',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='advocates.contact')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('phone', 'phone')], max_length=10, verbose_name='channel')),
                ('basis', models.CharField(choices=[('opt_in', 'agreed in a form'), ('customer', 'is a customer'), ('given_to_advocate', 'told the advocate that we may'), ('by_phone', 'said so on the phone'), ('by_api', 'recorded by another system')], max_length=20, verbose_name='basis')),
                ('text_version', models.CharField(blank=True, default='', max_length=64, verbose_name='text agreed to')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('given_at', models.DateTimeField(verbose_name='given')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'indexes': [models.Index(fields=['contact', 'channel'], name='consent_of_contact')],
                'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'phone'])), name='consent_channel_known'), models.CheckConstraint(condition=models.Q(('basis__in', ['opt_in', 'customer', 'given_to_advocate', 'by_phone', 'by_api'])), name='consent_basis_known')],
            },
        ),
        migrations.CreateModel(
            name='CircleChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='circle', to='advocates.contact')),
                ('status', models.CharField(choices=[('member', 'in the inner circle'), ('dismissed', 'not suggested again'), ('removed', 'taken out')], max_length=10, verbose_name='decision')),
                ('reasons', models.JSONField(blank=True, default=list, verbose_name='reasons at the time')),
                ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='note')),
                ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('chosen_at', models.DateTimeField(verbose_name='decided')),
            ],
            options={
                'verbose_name': 'inner circle',
                'verbose_name_plural': 'inner circle',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['member', 'dismissed', 'removed'])), name='circle_status_known')],
            },
        ),
        migrations.CreateModel(
            name='ContactKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='advocates.contact')),
                ('kind', models.CharField(choices=[('external', 'customer number'), ('email', 'e-mail address'), ('phone', 'phone number')], max_length=10, verbose_name='kind')),
                ('source', models.CharField(blank=True, default='', help_text='Which system gave the number; empty for addresses.', max_length=64, verbose_name='source')),
                ('value', models.CharField(max_length=254, verbose_name='value')),
                ('shown', models.CharField(max_length=254, verbose_name='as written')),
                ('strict', models.CharField(blank=True, default='', max_length=254)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='known since')),
            ],
            options={
                'verbose_name': 'key',
                'verbose_name_plural': 'keys',
                'indexes': [models.Index(fields=['strict'], name='contact_key_strict')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'source', 'value'), name='contact_key_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['external', 'email', 'phone'])), name='contact_key_kind_known'), models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='contact_key_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', config.lib.ids.PublicIdField(prefix='imp')),
                ('kind', models.CharField(choices=[('contacts', 'contacts'), ('purchases', 'purchases')], max_length=10, verbose_name='kind')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('status', models.CharField(choices=[('running', 'running'), ('done', 'done'), ('failed', 'stopped by an error')], default='running', max_length=10, verbose_name='status')),
                ('rows_read', models.PositiveIntegerField(default=0, verbose_name='rows read')),
                ('created_count', models.PositiveIntegerField(default=0, verbose_name='created')),
                ('updated_count', models.PositiveIntegerField(default=0, verbose_name='updated')),
                ('unchanged_count', models.PositiveIntegerField(default=0, verbose_name='unchanged')),
                ('refused_count', models.PositiveIntegerField(default=0, verbose_name='refused')),
                ('error', models.TextField(blank=True, default='', verbose_name='error')),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['contacts', 'purchases'])), name='import_kind_known'), models.CheckConstraint(condition=models.Q(('status__in', ['running', 'done', 'failed'])), name='import_status_known')],
            },
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, verbose_name='job')),
                ('live_key', models.CharField(max_length=96, unique=True)),
                ('status', models.CharField(choices=[('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('abandoned', 'abandoned')], default='running', max_length=10, verbose_name='status')),
                ('lease_until', models.DateTimeField(verbose_name='lease until')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('result', models.JSONField(blank=True, default=dict, verbose_name='result')),
                ('error', models.TextField(blank=True, default='', verbose_name='error')),
            ],
            options={
                'verbose_name': 'job run',
                'verbose_name_plural': 'job runs',
                'indexes': [models.Index(fields=['name', '-started_at'], name='job_run_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['running', 'done', 'failed', 'abandoned'])), name='job_run_status_known')],
            },
        ),
        migrations.CreateModel(
            name='Purchase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='advocates.contact')),
                ('source', models.CharField(max_length=64, verbose_name='source')),
                ('external_id', models.CharField(max_length=128, verbose_name='id at the source')),
                ('occurred_at', models.DateTimeField(verbose_name='bought at')),
                ('amount', config.lib.fields.AmountField(verbose_name='value')),
                ('unit', config.lib.fields.UnitField(max_length=16, verbose_name='currency')),
                ('quantity', models.PositiveIntegerField(default=1, verbose_name='quantity')),
                ('import_run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='purchases', to='advocates.importrun')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'purchase',
                'verbose_name_plural': 'purchases',
                'indexes': [models.Index(fields=['contact', 'occurred_at'], name='purchase_of_contact')],
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='purchase_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('amount__lte', 1000000000000)), name='purchase_amount_in_bounds')],
            },
        ),
        migrations.CreateModel(
            name='RateBucket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=128)),
                ('window_start', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'rate counter',
                'verbose_name_plural': 'rate counters',
                'indexes': [models.Index(fields=['window_start'], name='rate_bucket_old')],
                'constraints': [models.UniqueConstraint(fields=('key', 'window_start'), name='rate_bucket_once')],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_hash', models.CharField(max_length=64)),
                ('scope', models.CharField(choices=[('asks', 'asks and news'), ('all', 'everything')], max_length=10, verbose_name='what is held back')),
                ('reason', models.CharField(choices=[('unsubscribed', 'unsubscribed'), ('bounced', 'address does not exist'), ('complained', 'complained'), ('staff', 'set by staff')], max_length=20, verbose_name='reason')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
            ],
            options={
                'verbose_name': 'suppressed address',
                'verbose_name_plural': 'suppressed addresses',
                'constraints': [models.UniqueConstraint(fields=('key_hash', 'scope'), name='suppression_once'), models.CheckConstraint(condition=models.Q(('scope__in', ['asks', 'all'])), name='suppression_scope_known'), models.CheckConstraint(condition=models.Q(('reason__in', ['unsubscribed', 'bounced', 'complained', 'staff'])), name='suppression_reason_known')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('actor_label', models.CharField(max_length=120, verbose_name='by way of')),
                ('verb', models.CharField(max_length=64, verbose_name='did')),
                ('model', models.CharField(max_length=64, verbose_name='kind')),
                ('object_id', models.CharField(max_length=64, verbose_name='what')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('after', models.JSONField(default=dict, verbose_name='after')),
                ('reason', models.CharField(blank=True, default='', max_length=500, verbose_name='reason')),
                ('request_id', models.CharField(blank=True, default='', max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit trail',
                'indexes': [models.Index(fields=['model', 'object_id'], name='audit_of_object'), models.Index(fields=['-created_at'], name='audit_newest')],
            },
        ),
    ]
