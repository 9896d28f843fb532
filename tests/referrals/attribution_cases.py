"""Who gets the credit for Ben: the written table. Each row is a story, what comes of it, and why the others lost.

A story is `moment what [who] [how]; …`, moments counted from its beginning. Lena and Omar recommend; `@other` is their
link of another campaign. Links are remembered for 90 days, sales count for 365, the last link wins, and customers do
not count, unless the row says otherwise.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    story: str
    comes_of_it: str
    losers: str = ""
    campaign: dict[str, Any] = field(default_factory=dict)


FIRST = {"touch": "first"}
ACCEPT = {"known_customers": "accept"}
AGAIN = {"known_again_months": 12}
SHORT = {"attribution_window_days": 1}
NO_TIME = {"credit_window_days": 1}

CASES = (
    # --- links ---
    Case("nobody recommended", "0d form", "nobody"),
    Case("a link followed yesterday", "0d visit lena; 1d form", "lena by cookie"),
    Case("the last link wins", "0d visit lena; 3d visit omar; 4d form", "omar by cookie", "lena not_last"),
    Case("the first link wins", "0d visit lena; 3d visit omar; 4d form", "lena by cookie", "omar not_first", FIRST),
    Case(
        "coming back makes it the last",
        "0d visit lena; 1d visit omar; 2d visit lena; 3d form",
        "lena by cookie",
        "omar not_last",
    ),
    Case(
        "coming back leaves it the first",
        "0d visit lena; 1d visit omar; 2d visit lena; 3d form",
        "lena by cookie",
        "omar not_first",
        FIRST,
    ),
    Case("the window ends to the second", "0d visit lena; 1d form", "lena by cookie", "", SHORT),
    Case("a second later it is over", "0d visit lena; 1d+1s form", "nobody", "", SHORT),
    Case("90 days by default", "0d visit lena; 89d+23h form", "lena by cookie"),
    Case("after 90 days it is over", "0d visit lena; 90d+1s form", "nobody"),
    Case("coming back opens the window anew", "0d visit lena; 60d visit lena; 120d form", "lena by cookie"),
    Case(
        "a link whose window is over is not the first",
        "0d visit lena; 2d visit omar; 2d+1h form",
        "omar by cookie",
        "lena window_over",
        FIRST | SHORT,
    ),
    Case("a link of another campaign says nothing here", "0d visit lena@other; 1d form", "nobody"),
    Case(
        "it says nothing beside one of this campaign",
        "0d visit omar; 1d visit lena@other; 2d form",
        "omar by cookie",
        "lena other_campaign",
    ),
    Case("a link switched off since", "0d visit lena; 1d off lena; 2d form", "nobody"),
    Case(
        "a link switched off leaves the other",
        "0d visit omar; 1d visit lena; 2d off lena; 3d form",
        "omar by cookie",
        "lena link_off",
    ),
    Case("a picture is no visit", "0d image lena; 1d form", "nobody"),
    Case("a picture does not displace a visit", "0d visit omar; 1d image lena; 2d form", "omar by cookie"),
    Case("who asks not to be followed is not remembered", "0d private lena; 1d form", "nobody"),
    Case("but the link itself carries the code", "0d private lena; 1d form link=lena", "lena by code"),
    Case("the campaign is over", "0d visit lena; 1d end; 2d form", "nobody"),
    Case("the campaign is paused", "0d visit lena; 1d pause; 2d form", "nobody"),
    # --- codes ---
    Case("a code typed into the form", "0d form code=lena", "lena by code"),
    Case("a code beats a link", "0d visit omar; 1d form link=lena", "lena by code", "omar outranked"),
    Case(
        "a code beats the first link too", "0d visit omar; 1d form link=lena", "lena by code", "omar outranked", FIRST
    ),
    Case("code and link of one advocate", "0d visit lena; 1d form link=lena", "lena by code", "lena same_advocate"),
    Case(
        "a code of another campaign leaves the link",
        "0d visit omar; 1d form link=lena@other",
        "omar by cookie",
        "lena other_campaign",
    ),
    Case(
        "a code that is switched off leaves the link",
        "0d visit omar; 0d off lena; 1d form link=lena",
        "omar by cookie",
        "lena link_off",
    ),
    Case("a code that nobody has leaves the link", "0d visit omar; 1d form link=XXXXXXXXXX", "omar by cookie"),
    Case("a code at the checkout", "0d sale code=lena", "lena by code"),
    Case("a code at the checkout beats a link", "0d visit omar; 1d sale code=lena", "lena by code"),
    Case("a code at the checkout that nobody has", "0d sale code=XXXXXXXXXX", "nobody"),
    Case("a code at the checkout, switched off", "0d off lena; 1d sale code=lena", "nobody: link_off"),
    Case("a code at the checkout after the end", "0d end; 1d sale code=lena", "nobody: campaign_not_open"),
    Case("a code at the checkout of another campaign than named", "0d sale code=lena@other campaign=this", "nobody"),
    Case("a coupon at the checkout", "0d sale coupon=lena", "lena by coupon"),
    Case("a code beats a coupon", "0d sale code=omar coupon=lena", "omar by code", "lena outranked"),
    Case("another system says so", "0d submit lena", "lena by code"),
    Case("staff say so", "0d staff lena", "lena by staff"),
    Case("staff say so against a link", "0d visit omar; 1d staff lena", "lena by staff"),
    # --- one advocate for each friend and campaign ---
    Case(
        "who came first stays: form after form",
        "0d form code=lena; 1d form code=omar",
        "lena by code: already_referred",
    ),
    Case("who came first stays: code at the checkout", "0d form code=lena; 1d sale code=omar", "lena by code"),
    Case("who came first stays: coupon", "0d submit lena; 1d sale coupon=omar", "lena by code"),
    Case(
        "who came first stays: another system",
        "0d visit omar; 1d form; 2d submit lena",
        "omar by cookie: already_referred",
    ),
    Case("who came first stays: staff", "0d submit lena; 1d staff omar", "lena by code: already_referred"),
    Case("who came first stays after it was lost", "0d submit lena; 1d lost; 2d sale code=omar", "lena by code"),
    Case(
        "who was rejected is not taken up again",
        "0d submit lena; 1d reject; 2d sale code=omar",
        "lena by code: already_referred",
    ),
    Case("another campaign has its own advocate", "0d submit omar@other; 1d form code=lena", "lena by code"),
    Case(
        "after the credit window the sale is nobody's",
        "0d submit lena; 1d+2s sale code=omar",
        "lena by code: already_referred",
        "",
        NO_TIME,
    ),
    Case("inside the credit window to the second", "0d submit lena; 1d sale code=omar", "lena by code", "", NO_TIME),
    Case("a link followed later changes nothing", "0d submit lena; 1d visit omar; 2d sale", "lena by code"),
    # --- oneself ---
    Case("oneself by form", "0d form code=ben", "nobody: self_referral"),
    Case("oneself by link", "0d visit ben; 1d form", "nobody: self_referral"),
    Case("oneself at the checkout", "0d sale code=ben", "nobody: self_referral"),
    Case(
        "one's own last link does not fall to the one before",
        "0d visit lena; 1d visit ben; 2d form",
        "nobody: self_referral",
    ),
    # --- customers ---
    Case("a customer of old", "0d customer; 1d form code=lena", "nobody: existing_customer"),
    Case("a customer, in a campaign that takes them", "0d customer; 1d form code=lena", "lena by code", "", ACCEPT),
    Case("who bought two days before", "0d sale; 2d form code=lena", "nobody: existing_customer"),
    Case("who bought a day before, to the second", "0d sale; 1d form code=lena", "lena by code"),
    Case("who bought after following the link", "0d visit lena; 1d sale; 9d form", "lena by cookie"),
    Case("who bought before following the link", "0d sale; 1d+1s visit lena; 3d form", "nobody: existing_customer"),
    Case("who sent it all back is no customer", "0d sale; 1d refund; 9d form code=lena", "lena by code"),
    Case("who bought an hour before the sale with the code", "0d sale; 1h sale code=lena", "nobody: existing_customer"),
    Case("a customer counts again after 12 months", "0d sale; 400d form code=lena", "lena by code", "", AGAIN),
    Case(
        "a customer does not count again before", "0d sale; 300d form code=lena", "nobody: existing_customer", "", AGAIN
    ),
    Case(
        "a customer of whom we know no sale", "0d customer; 400d form code=lena", "nobody: existing_customer", "", AGAIN
    ),
    # --- people who are one, and staff ---
    Case("the advocate was merged", "0d visit omar; 1d merge omar; 2d form", "omar by cookie"),
    Case("staff give it to somebody else", "0d submit lena; 1d reassign omar", "omar by staff", "lena reassigned"),
    Case(
        "staff give it back", "0d submit lena; 1d reassign omar; 2d reassign lena", "lena by staff", "omar reassigned"
    ),
    Case("staff cannot give it to the friend", "0d submit lena; 1d reassign ben", "lena by code: self_referral"),
    Case(
        "staff cannot give it to another campaign's",
        "0d submit lena; 1d reassign omar@other",
        "lena by code: not_allowed",
    ),
)

# What has no door of its own yet is judged by the pure function: evidence, the winner, the losers.
LADDER = (
    ("staff omar, code lena", "omar by staff", "lena outranked"),
    ("code lena, coupon omar", "lena by code", "omar outranked"),
    ("coupon omar, cookie lena", "omar by coupon", "lena outranked"),
    ("cookie lena, email omar", "lena by cookie", "omar outranked"),
    ("email omar, phone lena", "omar by email", "lena outranked"),
    ("phone lena, name omar", "lena by phone", "omar outranked"),
    ("name omar, claim lena", "omar by name", "lena outranked"),
    ("claim lena", "lena by claim", ""),
    (
        "claim lena, name omar, phone lena, email omar",
        "omar by email",
        "lena outranked, omar same_advocate, lena outranked",
    ),
)
