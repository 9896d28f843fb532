"""A segment is a saved question about people; who answers to it is kept, with the moments of joining and leaving."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from config.lib.ids import PublicIdField
from config.lib.states import choices_check


class Segment(models.Model):
    public_id = PublicIdField(prefix="seg")
    name = models.CharField(_("name"), max_length=120, unique=True)
    note = models.CharField(_("what it is for"), max_length=500, blank=True, default="")
    is_active = models.BooleanField(_("in use"), default=True)
    members_count = models.PositiveIntegerField(_("people"), default=0)
    refreshed_at = models.DateTimeField(_("counted"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self) -> str:
        return self.name


class SegmentGroup(models.TextChoices):
    ALL = "all", _("all of these")
    ANY = "any", _("at least one of these")
    NOT = "not", _("none of these")


class SegmentCondition(models.Model):
    """One line of a segment: a field of the registry, how it is compared, with what (advocates/segments/)."""

    Group = SegmentGroup

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="conditions")
    group = models.CharField(_("group"), max_length=3, choices=Group, default=Group.ALL)
    field = models.CharField(_("field"), max_length=64)
    operator = models.CharField(_("compared"), max_length=20)
    value = models.JSONField(_("value"), default=None, null=True, blank=True)

    class Meta:
        verbose_name = _("condition of a segment")
        verbose_name_plural = _("conditions of a segment")
        constraints = [choices_check("group", SegmentGroup, name="segment_group_known")]

    def __str__(self) -> str:
        return f"{self.field} {self.operator}"


class SegmentMember(models.Model):
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="members")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="segments")
    joined_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("member of a segment")
        verbose_name_plural = _("members of a segment")
        constraints = [models.UniqueConstraint(fields=["segment", "contact"], name="segment_member_once")]
        indexes = [models.Index(fields=["segment", "-joined_at"], name="segment_member_newest")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.contact_id}"


class SegmentEventKind(models.TextChoices):
    JOINED = "joined", _("joined the segment")
    LEFT = "left", _("left the segment")


class SegmentEvent(models.Model):
    """Somebody began or ceased to answer to a segment."""

    Kind = SegmentEventKind

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="events")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="segment_events")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    occurred_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("coming and going")
        verbose_name_plural = _("coming and going")
        constraints = [choices_check("kind", SegmentEventKind, name="segment_event_kind_known")]
        indexes = [
            models.Index(fields=["segment", "-occurred_at"], name="segment_event_of"),
            models.Index(fields=["contact", "-occurred_at"], name="segment_event_of_contact"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
