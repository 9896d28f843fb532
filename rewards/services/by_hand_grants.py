"""A reward that a colleague gave: it has the same life as any other, and a rule that never stood."""

from datetime import datetime
from itertools import count

from config.lib.insert_once import insert_once
from rewards.models import ByHand, Evaluation, Reward, RewardRule
from rewards.rules.rule import BY_HAND
from rewards.selectors import pending_reasons
from rewards.services.books import book_reserve
from rewards.services.by_hand_wishes import recipient_of
from rewards.services.letters import tell_earned
from rewards.services.moves import reward_note
from rewards.services.rewards import reward_settle

# Nothing is ever earned by it: it was superseded when it was made.
RULE_KEY = "by-hand"


def by_hand_grant(*, change: ByHand, now: datetime) -> Reward:
    """Make the reward and carry it as far as it goes now, in the caller's transaction."""
    reward = _rewarded(change, now)
    step = reward_note(reward=reward, now=now, actor=change.decided_by, reason="by hand", status_from="")
    book_reserve(reward=reward, step=step, now=now)
    reasons = pending_reasons(reward, now)
    reward_settle(reward=reward, now=now)
    if reasons:
        tell_earned(reward=reward, now=now)
    return reward


def _rewarded(change: ByHand, now: datetime) -> Reward:
    rule = _rule(change, now)
    return Reward.objects.create(
        campaign=change.campaign,
        rule=rule,
        rule_key=rule.key,
        recipient_kind=rule.recipient,
        party_key=change.contact.public_id,
        slot=f"{BY_HAND}:{change.public_id}",
        contact=change.contact,
        referral=change.referral,
        evaluation=Evaluation.objects.create(source=BY_HAND, source_id=change.pk, evaluated_at=now),
        benefit=change.benefit,
        benefit_settings=change.benefit_settings,
        amount=change.amount,
        unit=change.unit,
        eligible_at=now,
        is_test=change.campaign.is_test or change.contact.is_test,
        created_at=now,
    )


def _rule(change: ByHand, now: datetime) -> RewardRule:
    """One version for each kind of thing and each kind of person."""
    recipient = recipient_of(change) or RewardRule.Recipient.ADVOCATE
    for version in count(1):
        rule, _is_new = insert_once(
            RewardRule,
            unique=["campaign", "key", "version"],
            campaign=change.campaign,
            key=RULE_KEY,
            version=version,
            trigger=BY_HAND,
            recipient=recipient,
            benefit=change.benefit,
            calculator="fixed",
            valid_from=now,
            superseded_at=now,
        )
        if (rule.trigger, rule.recipient, rule.benefit) == (BY_HAND, recipient, change.benefit):
            return rule
    raise AssertionError  # there is always a next number
