"""Whom the demo's advocates have named, and what came of it."""

from dataclasses import dataclass

GIVE, CASH = "give-and-get", "thank-you-cash"


@dataclass(frozen=True, slots=True)
class Tale:
    """One referral: who was named by whom, how long ago, and the steps after it as `days later: what`.

    Steps: contacted, qualified, won (a deal entered by sales), bought (told by the shop), refunded, lost, taken back,
    refused (found not to be honest). `minor` is the worth of the sale in minor units of the campaign's currency.
    """

    campaign: str
    advocate: str
    friend: str
    email: str
    days_ago: int
    steps: tuple[tuple[int, str], ...] = ()
    minor: int = 0
    company: str = ""
    note: str = ""


TALES = (
    Tale(GIVE, "D-1006", "Ben Carter", "ben.carter@mail.example", 70, ((2, "contacted"), (6, "bought")), 6_400),
    Tale(GIVE, "D-1006", "Alicia Gomez", "alicia.gomez@mail.example", 52, ((1, "bought"),), 3_950),
    Tale(GIVE, "D-1009", "Chidi Eze", "chidi.eze@mail.example", 45, ((3, "contacted"), (9, "bought")), 5_200),
    Tale(GIVE, "D-1001", "Felix Braun", "felix.braun@mail.example", 40, ((1, "bought"), (6, "refunded")), 4_800),
    Tale(GIVE, "D-1018", "Nina Kapoor", "nina.kapoor@mail.example", 12, ((1, "contacted"), (5, "bought")), 7_100),
    Tale(GIVE, "D-1011", "Paula Weiss", "paula.weiss@mail.example", 8, ((2, "bought"),), 4_300),
    Tale(GIVE, "D-1016", "Greg Sanders", "greg.sanders@mail.example", 6, ((1, "contacted"),)),
    Tale(GIVE, "D-1005", "오지수", "jisoo.oh@mail.example", 5, ((1, "contacted"), (2, "qualified"))),
    Tale(GIVE, "D-1002", "徐静", "jing.xu@mail.example", 4),
    Tale(GIVE, "D-1004", "Sindre Moen", "sindre.moen@mail.example", 2),
    Tale(GIVE, "D-1003", "Farid Hamzah", "farid.hamzah@mail.example", 0),
    Tale(GIVE, "D-1006", "Nobody Inparticular", "nobody@mailinator.com", 3),
    Tale(GIVE, "D-1010", "Mateo R.", "mateo.second@mail.example", 30, ((2, "refused"),)),
    Tale(GIVE, "D-1014", "Ragnhild Berg", "ragnhild.berg@mail.example", 420),
    Tale(
        CASH,
        "D-1007",
        "Harriet Coleman",
        "harriet@coleman-partners.example",
        75,
        ((1, "contacted"), (6, "qualified"), (20, "won")),
        240_000,
        "Coleman Partners",
        "28 people, their machine broke last week.",
    ),
    Tale(
        CASH,
        "D-1008",
        "Sabine Kurz",
        "sabine@kurz-logistik.example",
        68,
        ((1, "contacted"), (4, "qualified"), (15, "won")),
        180_000,
        "Kurz Logistik",
    ),
    Tale(
        CASH,
        "D-1001",
        "Dr. Emil Hartmann",
        "praxis@hartmann.example",
        50,
        ((2, "contacted"), (8, "qualified"), (18, "won")),
        96_000,
        "Praxis Hartmann",
    ),
    Tale(
        CASH,
        "D-1017",
        "Theresa Huber",
        "theresa@pension-huber.example",
        42,
        ((1, "contacted"), (3, "qualified"), (14, "won")),
        120_000,
        "Pension Huber",
    ),
    Tale(
        CASH,
        "D-1038",
        "Robert Lang",
        "robert@lang-steuer.example",
        36,
        ((2, "contacted"), (5, "qualified"), (12, "won")),
        150_000,
        "Lang Steuerberatung",
        "Prefers mail to phone.",
    ),
    Tale(
        CASH,
        "D-1007",
        "Imogen Clarke",
        "imogen@clarke-studio.example",
        14,
        ((1, "contacted"), (3, "qualified"), (9, "won")),
        210_000,
        "Clarke Studio",
    ),
    Tale(
        CASH,
        "D-1008",
        "Uwe Petersen",
        "uwe@petersen-bau.example",
        28,
        ((1, "contacted"), (7, "lost")),
        0,
        "Petersen Bau",
    ),
    Tale(
        CASH,
        "D-1026",
        "Dylan Moss",
        "dylan@moss-garage.example",
        16,
        ((1, "contacted"), (4, "lost"), (6, "taken back")),
        0,
        "Moss Garage",
    ),
    Tale(
        CASH,
        "D-1012",
        "何强",
        "qiang.he@chenxi-hotel.example",
        3,
        ((1, "contacted"), (2, "qualified")),
        0,
        "晨曦酒店",
    ),
    Tale(CASH, "D-1049", "Birgit Sommer", "birgit@sommer-optik.example", 1, (), 0, "Sommer Optik"),
)
