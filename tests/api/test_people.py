"""What other systems tell about how satisfied somebody is."""

from datetime import timedelta
from typing import Any

import pytest

from advocates.models import Moment, NpsAnswer
from config.lib import clock
from tests.api.conftest import Call

pytestmark = pytest.mark.django_db

LENA = {"external_id": "C-1001", "email": "lena.vogt@posteo.example", "name": "Lena Vogt"}


@pytest.fixture
def lena(call: Call) -> str:
    made: str = call("post", "contacts", LENA).json()["id"]
    return made


def ago(**time: float) -> str:
    return (clock.now() - timedelta(**time)).isoformat()


class TestNps:
    def test_an_answer_sets_the_standing_once(self, call: Call, lena: str) -> None:
        body = {"score": 9, "comment": "Good coffee", "occurred_at": ago(days=2), "event_id": "s-1"}
        first, again = call("post", f"contacts/{lena}/nps", body), call("post", f"contacts/{lena}/nps", body)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()
        assert first.json()["standing"] == "promoter"
        nps = call("get", f"contacts/{lena}").json()["nps"]
        assert (nps["standing"], nps["score"], nps["is_old"]) == ("promoter", 9, False)
        answer = NpsAnswer.objects.get()
        assert (answer.via, answer.source) == (NpsAnswer.Via.API, "shop")

    def test_a_later_answer_stands_though_it_came_first(self, call: Call, lena: str) -> None:
        call("post", f"contacts/{lena}/nps", {"score": 10, "occurred_at": ago(days=1), "event_id": "2"})
        late = call("post", f"contacts/{lena}/nps", {"score": 2, "occurred_at": ago(days=30), "event_id": "1"})
        assert (late.status_code, late.json()["standing"], late.json()["nps"]["standing"]) == (
            201,
            "detractor",
            "promoter",
        )

    def test_another_answer_under_the_same_id_is_a_conflict(self, call: Call, lena: str) -> None:
        call("post", f"contacts/{lena}/nps", {"score": 9, "event_id": "1"})
        answer = call("post", f"contacts/{lena}/nps", {"score": 3, "event_id": "1"})
        assert (answer.status_code, answer.json()["code"]) == (409, "event_id_reused")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"score": 11},
            {"score": -1},
            {"score": 9.5},
            {"score": "9"},
            {"score": True},
            {"score": 9, "comment": "x\u0000"},
            {"score": 9, "comment": "x" * 2001},
            {"score": 9, "occurred_at": "2020-01-01T00:00:00Z"},
            {"score": 9, "occurred_at": "2999-01-01T00:00:00Z"},
            {"score": 9, "mood": "good"},
        ],
    )
    def test_nonsense_is_refused(self, call: Call, lena: str, body: dict[str, Any]) -> None:
        assert call("post", f"contacts/{lena}/nps", body).status_code == 422
        assert not NpsAnswer.objects.exists()

    def test_nobody_is_404(self, call: Call, company: object) -> None:
        assert call("post", "contacts/con_nobody/nps", {"score": 9}).status_code == 404


class TestMoments:
    @pytest.mark.parametrize("kind", Moment.Kind.values)
    def test_every_kind_is_taken(self, call: Call, lena: str, kind: str) -> None:
        body = {"kind": kind, "event_id": kind, "note": "as told", "metadata": {"ticket": 7}}
        first = call("post", f"contacts/{lena}/moments", body)
        again = call("post", f"contacts/{lena}/moments", body)
        assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
        assert first.json()["open"] is (kind == "complaint")
        assert first.json()["metadata"] == {"ticket": 7}

    def test_a_solved_issue_settles_the_complaint(self, call: Call, lena: str) -> None:
        call("post", f"contacts/{lena}/moments", {"kind": "complaint", "event_id": "1", "occurred_at": ago(days=2)})
        call("post", f"contacts/{lena}/moments", {"kind": "issue_resolved", "event_id": "2"})
        again = {"kind": "complaint", "event_id": "1", "occurred_at": ago(days=2)}
        assert call("post", f"contacts/{lena}/moments", again).json()["open"] is False

    def test_another_kind_under_the_same_id_is_a_conflict(self, call: Call, lena: str) -> None:
        call("post", f"contacts/{lena}/moments", {"kind": "milestone", "event_id": "1"})
        answer = call("post", f"contacts/{lena}/moments", {"kind": "purchase", "event_id": "1"})
        assert (answer.status_code, answer.json()["code"]) == (409, "event_id_reused")

    def test_an_unknown_kind_is_named(self, call: Call, lena: str) -> None:
        answer = call("post", f"contacts/{lena}/moments", {"kind": "sunshine"})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_kind")
        assert "issue_resolved" in answer.json()["detail"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"kind": "milestone", "note": "x" * 501},
            {"kind": "milestone", "occurred_at": "2020-01-01T00:00:00Z"},
            {"kind": "milestone", "metadata": {"x": "y" * 9000}},
        ],
    )
    def test_nonsense_is_refused(self, call: Call, lena: str, body: dict[str, Any]) -> None:
        assert call("post", f"contacts/{lena}/moments", body).status_code == 422
        assert not Moment.objects.exists()
