"""ICANN's zone files: signed in, only news, gone on with where a download broke off."""

import gzip
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.carrying import Busy, Refused
from lionrock.net.czds import Account, Version, Way, ZoneFile, download
from tests.net.czds_server import ACCOUNT, TOKEN, Service, Zone, czds_service, zone_of
from tests.net.serving import LOOPBACK

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

LATER = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def never(_seconds: float) -> bool:
    return False


def noise(size: int = 40_000) -> bytes:
    """Names that do not pack well, so that a file has bytes to break off in."""
    chosen = random.Random(7)
    return zone_of("shop", *(f"{chosen.randbytes(12).hex()}" for _ in range(size // 60)))


def take(
    service: Service,
    folder: Path,
    *,
    known: dict[str, Version] | None = None,
    tlds: tuple[str, ...] = (),
    account: Account = ACCOUNT,
) -> list[ZoneFile]:
    return list(
        download(
            service.server.url,
            account=account,
            into=folder,
            known=known or {},
            tlds=tlds,
            authentication=f"{service.server.url}/api/authenticate",
            way=Way(allow=LOOPBACK),
            stopped=never,
        )
    )


def test_every_zone_that_the_account_may_have_comes_whole(tmp_path: Path) -> None:
    shop, top = zone_of("shop", "lamp"), zone_of("top", "post")
    with czds_service({"shop": Zone(content=shop), "top": Zone(content=top)}) as service:
        files = take(service, tmp_path)

    assert [(file.tld, file.fresh) for file in files] == [("shop", True), ("top", True)]
    assert [gzip.decompress(file.path.read_bytes()) for file in files] == [shop, top]


def test_only_the_zones_that_are_wanted_are_asked_for(tmp_path: Path) -> None:
    with czds_service({"shop": Zone(content=b"a"), "top": Zone(content=b"b")}) as service:
        files = take(service, tmp_path, tlds=("TOP",))

    assert [file.tld for file in files] == ["top"]
    assert len(service.downloads) == 1


def test_a_zone_that_the_account_may_not_have_is_said_by_name(tmp_path: Path) -> None:
    with czds_service({"shop": Zone(content=b"a")}) as service, pytest.raises(GiveUp, match="bank"):
        take(service, tmp_path, tlds=("bank",))


@pytest.mark.parametrize("etag", ["", '"v1"', 'W/"v1"'], ids=["by time", "by tag", "by weak tag"])
def test_a_version_that_is_known_is_not_downloaded_again(tmp_path: Path, etag: str) -> None:
    with czds_service({"shop": Zone(content=b"a", etag=etag)}) as service:
        (first,) = take(service, tmp_path)
        first.path.unlink()
        (again,) = take(service, tmp_path, known={"shop": first.version})

    assert not again.fresh
    assert not again.path.exists()


def test_a_download_that_broke_off_is_gone_on_with_where_it_stopped(tmp_path: Path) -> None:
    content = noise()
    with czds_service({"shop": Zone(content=content, cut=5000)}) as service:
        with pytest.raises(TryLater):
            take(service, tmp_path)
        (file,) = take(service, tmp_path)

    assert service.downloads[-1].headers["range"] == "bytes=5000-"
    assert gzip.decompress(file.path.read_bytes()) == content


def test_a_file_that_changed_while_it_broke_off_begins_anew(tmp_path: Path) -> None:
    content = zone_of("shop", "another", "day")
    with czds_service({"shop": Zone(content=noise(), cut=5000)}) as service:
        with pytest.raises(TryLater):
            take(service, tmp_path)
        service.zones["shop"] = Zone(content=content, changed=LATER)
        (file,) = take(service, tmp_path)

    assert gzip.decompress(file.path.read_bytes()) == content


def test_a_server_without_ranges_sends_it_all_again(tmp_path: Path) -> None:
    content = noise()
    with czds_service({"shop": Zone(content=content, cut=5000, ranges=False)}) as service:
        with pytest.raises(TryLater):
            take(service, tmp_path)
        (file,) = take(service, tmp_path)

    assert gzip.decompress(file.path.read_bytes()) == content


def test_a_file_that_was_not_read_to_its_end_is_handed_out_again(tmp_path: Path) -> None:
    with czds_service({"shop": Zone(content=b"a")}) as service:
        (first,) = take(service, tmp_path)
        (again,) = take(service, tmp_path)

    assert again == first
    assert len(service.downloads) == 1


def test_a_wrong_password_is_refused_for_a_person_to_look_at(tmp_path: Path) -> None:
    wrong = Account(username=ACCOUNT.username, password="one lion")
    with czds_service({}) as service, pytest.raises(Refused):
        take(service, tmp_path, account=wrong)


def test_a_server_that_asks_for_time_is_given_it(tmp_path: Path) -> None:
    with czds_service({}) as service:
        service.busy = 1
        with pytest.raises(Busy) as caught:
            take(service, tmp_path)

    assert caught.value.seconds == 77


def test_the_token_goes_to_nobody_else(tmp_path: Path) -> None:
    with czds_service({"shop": Zone(content=b"a")}) as elsewhere, czds_service({}) as service:
        stranger = elsewhere.server.url.replace("127.0.0.1", "localhost")
        service.strangers = [f"{stranger}/czds/downloads/shop.zone"]
        assert take(service, tmp_path) == []

    assert not any(TOKEN in str(asked.headers) for asked in elsewhere.server.asked)


def test_neither_password_nor_token_is_shown() -> None:
    assert ACCOUNT.password not in repr(ACCOUNT)
