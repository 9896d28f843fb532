"""Nothing of ours calls a machine inside: not by name, not by number, not by a name that changes its mind."""

import pytest
import urllib3

from config.lib.http import MAX_ANSWER_BYTES, NoAnswer, UrlRefused, checked_address, is_public, post

PUBLIC = "93.184.216.34"

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",  # cloud metadata
    "100.64.0.1",  # carrier-grade NAT
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:a00:1::",  # 6to4 of 10.0.0.1
    "2001:0:53aa:64c:0:0:80ff:fffe",  # Teredo of 127.0.0.1
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::a9fe:a9fe",  # NAT64 of 169.254.169.254
    "64:ff9b:1::a00:1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
]

REFUSED_URLS = [
    "",
    "hook",
    "//shop.example/hook",
    "http://shop.example/hook",
    "HTTP://shop.example/",
    "ftp://shop.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "javascript:alert(1)",
    "data:text/plain,x",
    "https://",
    "https:///hook",
    "https://?x",
    "https://user@shop.example/",
    "https://user:secret@shop.example/",
    "https://shop.example@127.0.0.1/",
    "https://shop.example:99999/",
    "https://shop.example:port/",
    "https://[::1",
    "https://[not-an-address]/",
    "https://shop.example\x00.evil.example/",
    "https://shop example/",
]


def resolving_to(*addresses):
    return lambda host, port: list(addresses)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused(address):
    with pytest.raises(UrlRefused):
        checked_address("https://shop.example/hook", resolver=resolving_to(address))


@pytest.mark.parametrize("address", INSIDE)
def test_one_address_inside_spoils_the_others(address):
    with pytest.raises(UrlRefused):
        checked_address("https://shop.example/hook", resolver=resolving_to(PUBLIC, address))


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_an_address_that_is_not_plain_https_is_refused(url):
    with pytest.raises(UrlRefused):
        checked_address(url, resolver=resolving_to(PUBLIC))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:7f00:1]"],
)
def test_no_spelling_of_this_machine_gets_through_the_real_resolver(host):
    with pytest.raises(UrlRefused):
        checked_address(f"https://{host}/")


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_the_public_network_is_open(address):
    assert is_public(address)


def test_a_host_that_does_not_exist_is_refused():
    def unknown(host, port):
        raise OSError("no such host")

    with pytest.raises(UrlRefused):
        checked_address("https://nowhere.example/", resolver=unknown)


def test_a_resolver_that_answers_with_nothing_is_refused():
    with pytest.raises(UrlRefused):
        checked_address("https://shop.example/", resolver=resolving_to())


class Pool:
    """Stands in for urllib3's pool and remembers how it was used."""

    made: "list[Pool]" = []
    answer = (200, b"ok")
    failure: Exception | None = None

    def __init__(self, host, port, **options):
        self.host, self.port, self.options, self.requests = host, port, options, []
        Pool.made.append(self)

    def request(self, method, path, **options):
        self.requests.append((method, path, options))
        if Pool.failure:
            raise Pool.failure
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    @property
    def status(self):
        return self.answer[0]

    def read(self, amount):
        return self.answer[1][:amount]

    def close(self):
        return None


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setattr(Pool, "made", [])
    monkeypatch.setattr(Pool, "failure", None)
    monkeypatch.setattr(Pool, "answer", (200, b"ok"))
    monkeypatch.setattr(urllib3, "HTTPSConnectionPool", Pool)
    return Pool


def test_the_address_that_was_checked_is_the_one_connected_to(pool):
    asked = []

    def changes_its_mind(host, port):
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    post("https://shop.example:8443/hook?a=1", body=b"{}", headers={"X": "1"}, resolver=changes_its_mind)
    (made,) = pool.made
    assert (made.host, made.port) == (PUBLIC, 8443)
    assert made.options["server_hostname"] == made.options["assert_hostname"] == "shop.example"
    assert asked == ["shop.example"]


def test_the_path_and_the_host_are_sent_as_given_and_no_redirect_is_followed(pool):
    post("https://shop.example:8443/hook?a=1", body=b"{}", headers={"X": "1"}, resolver=resolving_to(PUBLIC))
    ((method, path, options),) = pool.made[0].requests
    assert (method, path) == ("POST", "/hook?a=1")
    assert options["headers"] == {"X": "1", "Host": "shop.example:8443"}
    assert options["redirect"] is False
    assert pool.made[0].options["retries"] is False


def test_a_long_answer_is_cut(pool, monkeypatch):
    monkeypatch.setattr(pool, "answer", (200, b"x" * (MAX_ANSWER_BYTES + 1)))
    answer = post("https://shop.example/", body=b"", headers={}, resolver=resolving_to(PUBLIC))
    assert len(answer.body) == MAX_ANSWER_BYTES


@pytest.mark.parametrize("failure", [urllib3.exceptions.HTTPError("late"), OSError("reset")])
def test_no_answer_is_an_answer_of_its_own(pool, monkeypatch, failure):
    monkeypatch.setattr(pool, "failure", failure)
    with pytest.raises(NoAnswer):
        post("https://shop.example/", body=b"", headers={}, resolver=resolving_to(PUBLIC))
