"""Pools of codes: how many are left, who waits for one, and what theirs are good for. Free codes are never shown."""

import csv
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, note
from config.lib import clock
from rewards.admin.coupon_forms import CodesForm, CouponPoolForm
from rewards.coupon_pools import free_codes, is_uploaded, waiting_for_codes
from rewards.models import Coupon, CouponPool, Reward
from rewards.services.coupon_pools import Uploaded, codes_upload, pool_save
from rewards.words.coupons import pool_sentences

CHANGE = "rewards.change_couponpool"
FIELDS = (
    "campaign",
    "name",
    "key",
    "kind",
    "prefix",
    "least",
    "minimum_unit",
    "product_lines",
    "is_first_order_only",
)
OUT_OF_STOCK = Reward.PendingReason.OUT_OF_STOCK
# Below so many it is time to upload more.
FEW = 50


def run_upload(request: HttpRequest, pool: CouponPool, cleaned: dict[str, Any]) -> str:
    said = codes_upload(pool=pool, text=cleaned["codes"], actor=staff_of(request), now=clock.now())
    return uploaded_words(said)


def uploaded_words(said: Uploaded) -> str:
    """What became of the lines, and of those who had waited."""
    sentences = [ngettext("%(count)s new code.", "%(count)s new codes.", said.added) % {"count": said.added}]
    if said.known:
        words = ngettext("%(count)s was here before.", "%(count)s were here before.", said.known)
        sentences.append(words % {"count": said.known})
    if said.refused:
        words = ngettext("%(count)s line holds no code.", "%(count)s lines hold no code.", said.refused)
        sentences.append(words % {"count": said.refused})
    if said.supplied:
        words = ngettext(
            "%(count)s person who waited got theirs.", "%(count)s people who waited got theirs.", said.supplied
        )
        sentences.append(words % {"count": said.supplied})
    return " ".join(sentences)


def run_called_back(request: HttpRequest, pool: CouponPool, _cleaned: dict[str, Any]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="called-back-{pool.key}.csv"'
    rows = csv.writer(answer)
    rows.writerow(["code"])
    rows.writerows([code] for code in called_back(pool).values_list("code", flat=True))
    return answer


def called_back(pool: CouponPool) -> Any:
    """Codes of the shop that people were given and may not use any more: the shop would still take them."""
    gone = (Coupon.Status.VOID, Coupon.Status.EXPIRED)
    return Coupon.objects.filter(pool=pool, status__in=gone, pool_code__isnull=False).order_by("pk")


UPLOAD: Verb[CouponPool] = Verb(
    name="upload",
    label=gettext_lazy("Upload codes"),
    permission=CHANGE,
    run=run_upload,
    allowed=is_uploaded,
    form=CodesForm,
    confirm=lambda pool: (
        _("Whoever waits for a code of “%(pool)s” gets one, the longest waiting first.") % {"pool": pool}
    ),
    tone="primary",
    icon="upload",
)
CALLED_BACK: Verb[CouponPool] = Verb(
    name="called-back",
    label=gettext_lazy("List of codes to switch off"),
    permission=CHANGE,
    run=run_called_back,
    allowed=lambda pool: is_uploaded(pool) and called_back(pool).exists(),
    confirm=lambda _pool: _("A CSV file of codes that are not good any more. Your shop does not know that by itself."),
    icon="download",
)


@admin.register(CouponPool)
class CouponPoolAdmin(DetailAdmin[CouponPool]):
    form = CouponPoolForm
    list_display = ("name", "campaign", "kind", "left", "given", "waiting")
    list_filter = ("kind", "campaign")
    list_select_related = ("campaign",)
    ordering = ("campaign", "name")
    search_fields = ("name", "key", "campaign__name")
    prepopulated_fields = {"key": ("name",)}
    fields = FIELDS
    verbs = (UPLOAD, CALLED_BACK)

    def get_fields(self, request: HttpRequest, obj: CouponPool | None = None) -> Any:
        """What people were told of their codes does not change."""
        return ("name",) if obj and obj.coupons.exists() else FIELDS

    def get_readonly_fields(self, request: HttpRequest, obj: CouponPool | None = None) -> tuple[str, ...]:
        return ("campaign", "key", "kind") if obj and not obj.coupons.exists() else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: CouponPool | None = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: CouponPool, form: Any, change: bool) -> None:
        if "least" in form.fields:
            obj.minimum = form.cleaned_data["minimum"]
            obj.minimum_unit = form.cleaned_data["minimum_unit"]
            obj.products = form.cleaned_data["products"]
        pool_save(pool=obj, actor=staff_of(request), now=clock.now())

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []

    @admin.display(description=gettext_lazy("codes left"))
    def left(self, pool: CouponPool) -> Any:
        return free_codes(pool).count() if is_uploaded(pool) else _("as many as are needed")

    @admin.display(description=gettext_lazy("given"))
    def given(self, pool: CouponPool) -> int:
        return pool.coupons.exclude(status=Coupon.Status.VOID).count()

    @admin.display(description=gettext_lazy("people who wait"))
    def waiting(self, pool: CouponPool) -> int:
        return sum(OUT_OF_STOCK in reasons for reasons in _reasons(pool))

    def detail(self, request: HttpRequest, pool: CouponPool) -> dict[str, Any]:
        coupons = f"{reverse('admin:rewards_coupon_changelist')}?pool__id__exact={pool.pk}"
        used = pool.coupons.filter(status=Coupon.Status.USED).count()
        return {
            "title": pool.name,
            "subtitle": pool.campaign.name,
            "icon": "ticket-percent",
            "notes": self._notes(pool),
            "facts": [
                fact(_("Campaign"), pool.campaign, url=page_url(pool.campaign)),
                fact(_("Short name"), pool.key, hint=_("By it a rule names this pool.")),
                fact(_("Codes are"), pool.get_kind_display()),
                fact(_("Codes begin with"), pool.prefix or "–"),
                fact(_("Good for"), " ".join(pool_sentences(pool)) or _("everything")),
                fact(_("Codes left"), self.left(pool)),
                fact(_("Given"), self.given(pool), url=coupons),
                fact(_("Used"), used),
                fact(_("Made"), moment(pool.created_at)),
            ],
        }

    def sections(self, request: HttpRequest, pool: CouponPool) -> dict[str, Any]:
        return {"show_form": True}

    def _notes(self, pool: CouponPool) -> list[dict[str, Any]]:
        if not is_uploaded(pool):
            return []
        notes = []
        waiting, left = self.waiting(pool), free_codes(pool).count()
        if waiting:
            words = ngettext(
                "%(count)s person waits for a code of this pool: upload more.",
                "%(count)s people wait for a code of this pool: upload more.",
                waiting,
            )
            notes.append(note(words % {"count": waiting}, tone="danger"))
        elif left < FEW:
            words = ngettext("%(count)s code is left.", "%(count)s codes are left.", left)
            notes.append(note(words % {"count": left}, tone="warning"))
        gone = called_back(pool).count()
        if gone:
            words = ngettext(
                "%(count)s code is not good any more: switch it off in your shop, which does not know.",
                "%(count)s codes are not good any more: switch them off in your shop, which does not know.",
                gone,
            )
            notes.append(note(words % {"count": gone}, tone="warning"))
        return notes


def _reasons(pool: CouponPool) -> list[list[str]]:
    return list(waiting_for_codes(pool).values_list("pending_reasons", flat=True))
