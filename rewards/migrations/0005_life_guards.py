"""Indexes and checks on tables that others are writing to: see config/lib/migrations.py."""

from django.db import migrations, models

from config.lib.migrations import AddCheckSafely, AddIndexSafely, ReplaceCheckSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("rewards", "0004_life")]

    operations = [
        ReplaceCheckSafely(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['funding', 'reserved', 'owed', 'credit', 'in_transit', 'paid', 'donated', 'written_off', 'expired', 'receivable'])), name='account_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['ready', 'sending', 'submitted', 'unknown', 'needs_review'])), fields=('contact', 'unit'), name='payout_one_open'),
        ),
        ReplaceCheckSafely(
            model_name='rewardrule',
            constraint=models.CheckConstraint(condition=models.Q(('benefit__in', ['cash', 'credit', 'coupon', 'gift_card', 'free_months', 'service', 'upgrade', 'merchandise', 'mystery', 'entry', 'donation', 'choice'])), name='rule_benefit_known'),
        ),
        AddIndexSafely(
            model_name='reward',
            index=models.Index(condition=models.Q(('expires_at__isnull', False), ('status__in', ['pending', 'approved'])), fields=['expires_at'], name='reward_expiring'),
        ),
        AddIndexSafely(
            model_name='reward',
            index=models.Index(condition=models.Q(('charity__isnull', False)), fields=['charity'], name='reward_of_charity'),
        ),
        ReplaceCheckSafely(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('benefit__in', ['cash', 'credit', 'coupon', 'gift_card', 'free_months', 'service', 'upgrade', 'merchandise', 'mystery', 'entry', 'donation', 'choice'])), name='reward_benefit_known'),
        ),
        AddCheckSafely(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('recipient_kind', 'charity'), _negated=True), ('charity__isnull', False), _connector='OR'), name='reward_charity_named'),
        ),
        AddCheckSafely(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), models.Q(('ends_at__gt', models.F('starts_at')), ('starts_at__isnull', False)), _connector='OR'), name='reward_ends_after_start'),
        ),
        AddIndexSafely(
            model_name='coupon',
            index=models.Index(condition=models.Q(('pool__isnull', False)), fields=['pool', 'status'], name='coupon_of_pool'),
        ),
    ]
