import pytest

from config.lib.units import UnknownUnit, active_currencies, is_currency, unit_get


@pytest.mark.parametrize(("code", "scale"), [("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("MB", 0), ("percent", 2)])
def test_each_unit_has_its_own_precision(code, scale):
    assert unit_get(code).scale == scale


@pytest.mark.parametrize("code", ["DEM", "XAU", "XTS", "usd", "US", "USDD", "", "\x00"])
def test_what_is_no_tender_today_is_unknown(code):
    assert not is_currency(code)
    with pytest.raises(UnknownUnit):
        unit_get(code)


def test_the_currencies_of_our_languages_are_known():
    assert {"USD", "EUR", "GBP", "CNY", "MYR", "NOK", "KRW", "JPY", "CHF", "SGD"} <= active_currencies()


def test_named_units_are_no_currencies():
    assert not unit_get("MB").is_currency
    assert unit_get("USD").is_currency
