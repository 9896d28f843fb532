"""A refusal is an answer, not an accident: each rule has one exception with a stable code and a plain sentence."""

from typing import Any, ClassVar


class DomainError(Exception):
    """Base of every refusal. `code` is part of the public interface; `status` is the HTTP answer at the API's door.

    The sentence is fit for staff (it may be lazy text). `extra`: further members of the API's problem document.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, sentence: Any, **extra: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.extra = extra

    def __str__(self) -> str:
        return str(self.sentence)
