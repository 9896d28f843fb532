from django.utils.translation import gettext_lazy, override

from config.lib.errors import DomainError


def test_a_refusal_speaks_the_language_of_whoever_reads_it():
    refusal = DomainError(gettext_lazy("Monday"))
    with override("de"):
        assert str(refusal) == "Montag"


def test_a_refusal_carries_further_members_for_the_api():
    assert DomainError("no", referral="ref_1").extra == {"referral": "ref_1"}
