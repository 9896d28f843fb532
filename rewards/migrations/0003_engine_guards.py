"""Indexes and checks on tables that others are writing to: see config/lib/migrations.py."""

from django.db import migrations, models

from config.lib.migrations import AddCheckSafely, AddIndexSafely, ReplaceCheckSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("rewards", "0002_engine")]

    operations = [
        AddIndexSafely(
            model_name='reward',
            index=models.Index(condition=models.Q(('waits_for_limit', ''), _negated=True), fields=['waits_for_limit', 'created_at', 'id'], name='reward_waits_for_limit'),
        ),
        ReplaceCheckSafely(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(('window__in', ['event', 'day', 'month', 'quarter', 'year', 'rolling', 'lifetime'])), name='limit_window_known'),
        ),
        ReplaceCheckSafely(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(('over__in', ['skip', 'partial', 'wait'])), name='limit_over_known'),
        ),
        ReplaceCheckSafely(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(('measure', 'amount'), models.Q(('over', 'partial'), _negated=True), _connector='OR'), name='limit_partial_only_for_amounts'),
        ),
        AddCheckSafely(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days__gte', 1), ('window', 'rolling')), models.Q(models.Q(('window', 'rolling'), _negated=True), ('days', None)), _connector='OR'), name='limit_days_only_when_rolling'),
        ),
        AddCheckSafely(
            model_name='rewardrule',
            constraint=models.CheckConstraint(condition=models.Q(('once_per__in', ['', 'event', 'friend', 'party'])), name='rule_once_per_known'),
        ),
    ]
