"""The sample is a stream like those the field sees, for whatever region."""

import io
from importlib.resources import files

from lionrock.core.hosts import as_host, unicode_form
from lionrock.core.region import Brand, Lure, OfficialDomain, Region
from lionrock.names.blocks import Reject
from lionrock.names.normalise import normalise
from lionrock.names.sample import sample_names
from lionrock.names.streams import open_names

ATLANTIS = Region(
    code="at",
    names={"en": "Atlantis"},
    timezone="UTC",
    languages=("en",),
    tlds=("atl",),
    sectors={"bank": {"en": "Banks"}},
    brands=(
        Brand(
            id="poseidonbank",
            names={"en": "Poseidon Bank"},
            sector="bank",
            home="at",
            aliases=("poseidonbank", "poseidon-bank", "海神"),
            official=(OfficialDomain(domain="poseidonbank.example"),),
        ),
        Brand(
            id="kelp",
            names={"en": "Kelp"},
            sector="shop",
            home="at",
            aliases=("kelp",),
            ordinary=frozenset({"kelp"}),
        ),
    ),
    lures=(Lure(word="login", kind="login"), Lure(word="積分", kind="prize")),
)
SAMPLE = list(sample_names(ATLANTIS, count=20_000))


def read() -> tuple[list[str], list[Reject], int]:
    hosts: list[str] = []
    rejects: list[Reject] = []
    lines = 0
    for block in open_names(io.BytesIO(b"".join(SAMPLE)), form="lines"):
        found, wrong = normalise(block)
        hosts += [found.host(i) for i in range(len(found))]
        rejects += wrong
        lines += len(block)
    return hosts, rejects, lines


HOSTS, REJECTS, COUNT = read()


def test_the_same_seed_gives_the_same_names_and_another_seed_others() -> None:
    assert list(sample_names(ATLANTIS, count=500)) == SAMPLE[:500]
    assert list(sample_names(ATLANTIS, count=500, seed=2)) != SAMPLE[:500]


def test_every_line_asked_for_comes() -> None:
    assert (len(SAMPLE), COUNT) == (20_000, 20_000)
    assert list(sample_names(ATLANTIS, count=0)) == []


def test_names_hardly_repeat() -> None:
    assert len(set(SAMPLE)) > 0.97 * len(SAMPLE)


def test_one_in_a_few_hundred_imitates_a_brand() -> None:
    imitations = [h for h in HOSTS if "poseidon" in h and not h.endswith("poseidonbank.example")]
    assert 20_000 / 900 < len(imitations) < 20_000 / 200


def test_imitations_come_in_every_kind() -> None:
    shown = "\n".join(unicode_form(host) for host in HOSTS)
    for telling in (
        "login-poseidon",
        "poseidonbank.example.login-",
        "poseidon-bank.login-",
        "海神",
    ):
        assert telling in shown


def test_a_series_shares_its_letters() -> None:
    digits = str.maketrans("", "", "0123456789")
    labels = [host.split(".")[0] for host in HOSTS if host.startswith("poseidonba")]
    assert max(
        sum(label.translate(digits) == kind and label != kind for label in labels)
        for kind in {label.translate(digits) for label in labels}
    ) >= 3  # fmt: skip


def test_official_domains_accidents_and_garbage_are_among_them() -> None:
    assert any(host.endswith("poseidonbank.example") for host in HOSTS)
    assert any("kelp" in host for host in HOSTS)
    assert any(host.endswith(".atl") for host in HOSTS)
    assert len({reject.why for reject in REJECTS}) >= 6
    assert 20_000 / 400 < len(REJECTS) < 20_000 / 50
    assert any(b"\0" in line for line in SAMPLE)
    assert max(map(len, SAMPLE)) > 4096


def test_a_region_without_brands_has_a_sample_all_the_same() -> None:
    empty = Region(
        code="xx", names={}, timezone="UTC", languages=(), tlds=(), sectors={}, brands=()
    )
    assert len(list(sample_names(empty, count=2000))) == 2000


def test_the_word_lists_name_no_registered_domain() -> None:
    words = files("lionrock.names").joinpath("data/sample_words.toml").read_text("utf-8")
    allowed = (".example", "index.html", "c.php", "calc")
    assert [
        word
        for word in words.replace('"', " ").replace(",", " ").split()
        if (host := as_host(word)) and "." in host and not host.endswith(allowed)
        and word not in {"co.uk", "com.au", "com.br"}
    ] == []  # fmt: skip
