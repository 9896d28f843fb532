from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError


class BadEmail(DomainError):
    code = "bad_email"


class BadPhone(DomainError):
    code = "bad_phone"


class BadFact(DomainError):
    """`extra["field"]` names the field of ContactFacts."""

    code = "bad_fact"


class NoKey(DomainError):
    """Nothing was given by which the person could be recognised again."""

    code = "no_key"

    def __init__(self) -> None:
        super().__init__(_("A customer number, an e-mail address or a phone number is needed."))


class IdentityConflict(DomainError):
    """`extra["pair"]`: public id of the pair that waits for a person, where one does."""

    code = "identity_conflict"
    status = 409

    def __init__(self, **extra: Any) -> None:
        super().__init__(
            _("The customer number and the e-mail address belong to two different people here. Look at both first."),
            **extra,
        )


class NoMerge(DomainError):
    """These two cannot become one, or not now; the sentence says why."""

    code = "no_merge"
    status = 409


class NoUndo(DomainError):
    code = "no_undo"
    status = 409


class UnknownContact(DomainError):
    code = "unknown_contact"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("Nobody here is known by that."))


class ImportRefused(DomainError):
    """The file as a whole cannot be read; nothing more of it was written."""

    code = "import_refused"


class RowRefused(DomainError):
    """One row of a file cannot be taken; the others can."""

    code = "row_refused"


class RowForgotten(RowRefused):
    """Of somebody who asked to be forgotten: nothing in the row can be mended."""


class ErasureRefused(DomainError):
    """Something is under way that has to end before the person can be forgotten; `extra["reason"]` says what."""

    code = "erasure_refused"
    status = 409


class UnknownJob(DomainError):
    code = "unknown_job"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(_("There is no job “%(name)s”.") % {"name": name})


class EventIdReused(DomainError):
    """One id of a source stands for one fact; the same id for another one is a mistake of the sender."""

    code = "event_id_reused"
    status = 409


class BadTime(DomainError):
    """In the future, or further back than a fact may lie."""

    code = "bad_time"


class BadScore(DomainError):
    code = "bad_score"

    def __init__(self) -> None:
        super().__init__(_("A score is a whole number from 0 to 10."), field="score")


class UnknownMomentKind(DomainError):
    code = "unknown_kind"


class ReturnTooLarge(DomainError):
    """More of a purchase is to come back than is left of it."""

    code = "return_too_large"


class BadSegment(DomainError):
    """It asks for something that cannot be answered; `reasons` are sentences."""

    code = "bad_segment"


class SegmentInUse(DomainError):
    """Somebody relies on the segment; `reasons` say who."""

    code = "segment_in_use"
    status = 409


class ImportInUse(DomainError):
    """An import cannot be taken back: something has come to depend on what it wrote; `reasons` say what."""

    code = "import_in_use"
    status = 409
