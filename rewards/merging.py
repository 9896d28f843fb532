"""Money when two contacts turn out to be one person. Nothing is lost, and nothing is paid a second time.

Rewards are named by public ids (whose, and for which friend), so are limits and accounts. All of it goes over to the
one who stays; a slot that both have filled keeps the reward that stands, the other gets a slot beside it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from advocates.errors import NoMerge, NoUndo
from advocates.people import Move, nothing_moved_back, rows_moved, rows_moved_back, rows_stay
from rewards.ledger.moving import accounts_back, accounts_over
from rewards.locks import contest_lock, rewards_lock
from rewards.models import (
    ByHand,
    Contest,
    ContestEntry,
    ContestName,
    Coupon,
    GiftOrder,
    Payout,
    PayoutLine,
    PayoutMethod,
    Reward,
)
from rewards.services.limits import key_renamed, limits_rename

coupon_merge = partial(rows_moved, Coupon, "contact")
coupon_unmerge = partial(rows_moved_back, Coupon, "contact")
byhand_merge = partial(rows_moved, ByHand, "contact")
byhand_unmerge = partial(rows_moved_back, ByHand, "contact")
payout_unmerge = partial(rows_moved_back, Payout, "contact")
giftorder_merge = partial(rows_moved, GiftOrder, "contact")
giftorder_unmerge = partial(rows_moved_back, GiftOrder, "contact")
limituse_merge = rows_stay  # they go with the rewards that used them
limituse_unmerge = nothing_moved_back
account_merge = accounts_over
account_unmerge = accounts_back

Status = Payout.Status
UNDER_WAY = (Status.READY, Status.SENDING, Status.SUBMITTED, Status.UNKNOWN, Status.NEEDS_REVIEW)
# These hold no slot: the same thing may be earned again.
GONE = (Reward.Status.CANCELLED, Reward.Status.EXPIRED, Reward.Status.DECLINED, Reward.Status.REVERSED)


def payoutmethod_merge(move: Move) -> list[Any]:
    """Replaced accounts go along; the standing one does where the other person has none."""
    rows = PayoutMethod.objects.filter(contact=move.gone)
    old = list(rows.exclude(replaced_at=None).values_list("pk", flat=True))
    moved = rows_moved(PayoutMethod, "contact", move, among={"pk__in": old})
    for method in rows.standing():
        if not PayoutMethod.objects.filter(live_key=_live_key(method, move.kept)).exists():
            rows.filter(pk=method.pk).update(contact=move.kept, live_key=_live_key(method, move.kept))
            moved.append(method.pk)
    return moved


def payoutmethod_unmerge(move: Move, ids: Sequence[Any]) -> None:
    for method in PayoutMethod.objects.standing().filter(pk__in=ids, contact=move.kept):
        PayoutMethod.objects.filter(pk=method.pk).update(live_key=_live_key(method, move.gone))
    rows_moved_back(PayoutMethod, "contact", move, ids)


def payout_merge(move: Move) -> list[Any]:
    """Two payments of one run stay two. Raises NoMerge while money is on its way."""
    waits = _under_way(move)
    if waits:
        raise NoMerge(
            _("A payout to one of the two is under way (%(run)s). Settle or cancel that run first.")
            % {"run": waits.run.public_id}
        )
    both = Payout.objects.filter(contact=move.kept).values("run")
    alone = Payout.objects.filter(contact=move.gone).exclude(run__in=both)
    return rows_moved(Payout, "contact", move, among={"pk__in": list(alone.values_list("pk", flat=True))})


def _check_undo(move: Move) -> None:
    waits = _under_way(move)
    if waits:
        raise NoUndo(
            _("A payout to this person is under way (%(run)s). Settle or cancel that run first.")
            % {"run": waits.run.public_id}
        )


def reward_merge(move: Move) -> list[Any]:
    """`{id, slot, was, whose, counted}` for each reward named anew: its slot now and before; `whose`: it changed hands;
    `counted`: its limits did.
    """
    old, new = move.gone.public_id, move.kept.public_id
    mine = Q(contact=move.gone) | Q(party_key=old) | Q(slot__startswith=f"friend:{old}")
    counted = [pk for pk, uses, queue in _uses_of_friend(move) if _names(old, uses, queue)]
    rewards = rewards_lock(Reward.objects.filter(mine | Q(pk__in=counted)))
    changed: list[Any] = []
    for reward in rewards:
        changed += _renamed(reward, party_key=new if reward.party_key == old else reward.party_key, move=move)
    return changed


def _uses_of_friend(move: Move) -> Any:
    """Rewards for each sale name their friend in nothing but the counters of their limits."""
    rewards = Reward.objects.filter(referral__friend__in=[move.kept, move.gone])
    return rewards.order_by("pk").values_list("pk", "limit_uses", "waits_for_limit")


def _names(who: str, uses: Sequence[dict[str, Any]], queue: str) -> bool:
    return any(who in key.split(":") for key in [queue, *(use["key"] for use in uses)])


def reward_unmerge(move: Move, changed: Sequence[Any]) -> None:
    """What a payout to the one who stays has paid since is theirs; the rest goes back with its limits."""
    _check_undo(move)
    paid = PayoutLine.objects.standing().filter(payout__contact=move.kept).values("reward")
    rewards = {
        reward.pk: reward
        for reward in rewards_lock(Reward.objects.filter(pk__in=[row["id"] for row in changed]).exclude(pk__in=paid))
    }
    # Backwards: who made room takes its slot again once that is free.
    for row in reversed(changed):
        reward = rewards.get(row["id"])
        if reward and reward.slot == row["slot"]:
            _named_back(reward, row, move)


def _renamed(reward: Reward, *, party_key: str, move: Move) -> list[dict[str, Any]]:
    """One reward under the name of the one who stays; with it the one that has to make room, if any."""
    old, new = move.gone.public_id, move.kept.public_id
    slot = key_renamed(reward.slot, old, new)
    rival = _in_slot(reward, party_key, slot)
    steps = []
    beside = _beside(reward, party_key, slot, old)
    if rival and rival.status in GONE and reward.status not in GONE:
        Reward.objects.filter(pk=rival.pk).update(slot=beside)
        steps.append({"id": rival.pk, "slot": beside, "was": rival.slot, "whose": False, "counted": False})
    elif rival:
        slot = beside
    uses = limits_rename(uses=reward.limit_uses, old=old, new=new)
    queue = key_renamed(reward.waits_for_limit, old, new)
    whose = reward.party_key == old
    contact = move.kept if reward.contact_id == move.gone.pk else reward.contact
    changes = {"contact": contact, "party_key": party_key, "slot": slot}
    Reward.objects.filter(pk=reward.pk).update(**changes, limit_uses=uses, waits_for_limit=queue)
    is_counted = (uses, queue) != (reward.limit_uses, reward.waits_for_limit)
    return [*steps, {"id": reward.pk, "slot": slot, "was": reward.slot, "whose": whose, "counted": is_counted}]


def _named_back(reward: Reward, row: dict[str, Any], move: Move) -> None:
    old, new = move.gone.public_id, move.kept.public_id
    party_key = old if row["whose"] and reward.party_key == new else reward.party_key
    slot = reward.slot if _in_slot(reward, party_key, row["was"]) else row["was"]
    contact = move.gone if row["whose"] and reward.contact_id == move.kept.pk else reward.contact
    uses, queue = reward.limit_uses, reward.waits_for_limit
    if row["counted"]:
        uses, queue = limits_rename(uses=uses, old=new, new=old), key_renamed(queue, new, old)
    changes = {"contact": contact, "party_key": party_key, "slot": slot}
    Reward.objects.filter(pk=reward.pk).update(**changes, limit_uses=uses, waits_for_limit=queue)


def _beside(reward: Reward, party_key: str, slot: str, old: str) -> str:
    """A slot that is free beside this one."""
    beside = f"{slot}|{old}"
    while _in_slot(reward, party_key, beside):
        beside += "+"
    return beside


def _in_slot(reward: Reward, party_key: str, slot: str) -> Reward | None:
    rivals = Reward.objects.filter(
        campaign=reward.campaign_id,
        rule_key=reward.rule_key,
        recipient_kind=reward.recipient_kind,
        party_key=party_key,
        slot=slot,
    )
    return rivals.exclude(pk=reward.pk).first()


def _under_way(move: Move) -> Payout | None:
    people = [move.kept, move.gone]
    return Payout.objects.filter(contact__in=people, status__in=UNDER_WAY).select_related("run").first()


def _live_key(method: PayoutMethod, contact: Any) -> str:
    return f"{method.kind}:{contact.public_id}"


# --- contests ---------------------------------------------------------------------------------------------------------


def contestentry_merge(move: Move) -> list[Any]:
    """Entries of a draw that was held stay where they are: its record names numbers of the same person."""
    entered = ContestEntry.objects.filter(contact=move.gone).order_by("contest_id").values_list("contest_id", flat=True)
    held = [contest_lock(pk) for pk in entered.distinct()]
    undrawn = [contest.pk for contest in held if contest.status != Contest.Status.DRAWN]
    return rows_moved(ContestEntry, "contact", move, among={"contest__in": undrawn})


def contestentry_unmerge(move: Move, ids: Sequence[Any]) -> None:
    rows_moved_back(ContestEntry, "contact", move, [pk for pk in ids if _is_undrawn(pk)])


def contestname_merge(move: Move) -> list[Any]:
    """The name of the one who stays is kept where both have chosen one."""
    both = ContestName.objects.filter(contact=move.kept).values("contest")
    alone = ContestName.objects.filter(contact=move.gone).exclude(contest__in=both)
    return rows_moved(ContestName, "contact", move, among={"pk__in": list(alone.values_list("pk", flat=True))})


contestname_unmerge = partial(rows_moved_back, ContestName, "contact")


def _is_undrawn(pk: Any) -> bool:
    return not ContestEntry.objects.filter(pk=pk, contest__status=Contest.Status.DRAWN).exists()
