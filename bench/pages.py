"""Measures how long every list page takes to answer with 200,000 suspects stored on SQLite.

Pages are asked through Django's test client: the whole stack of middleware, queries and templates,
without the socket. Prints the median and the 95th percentile per page; asserts nothing.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.core.region import Region

SUSPECTS = int(os.environ.get("BENCH_SUSPECTS", "200000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "40"))
DECIDED = 0.1
TLDS = ("top", "com", "xyz", "cc", "vip", "shop", "net", "hk", "info", "icu", "cn", "online")
NOW = datetime.now(UTC)


def main() -> None:
    """Store the suspects in a folder of their own, ask every page, print a table."""
    with tempfile.TemporaryDirectory(prefix="lionrock-bench-") as folder:
        os.environ["LIONROCK_DATA"] = folder
        os.environ["LIONROCK_DATABASE"] = ""
        os.environ["DJANGO_SETTINGS_MODULE"] = "lionrock.web.settings"
        import django  # noqa: PLC0415 - after the environment says where the data lie

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 - as above

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        stored(SUSPECTS)
        size = sum(file.stat().st_size for file in Path(folder).glob("*.sqlite3*"))
        print(f"database: {size / 2**20:,.0f} MiB")
        measured()


def stored(count: int) -> None:
    """Store suspects as a scan does, and decide a tenth of them."""
    from django.db import transaction  # noqa: PLC0415 - after django.setup()

    from lionrock import regions  # noqa: PLC0415 - as above
    from lionrock.desk.people.models import Person  # noqa: PLC0415 - as above
    from lionrock.desk.suspects.models import Kind, State, Suspect  # noqa: PLC0415 - as above
    from lionrock.desk.suspects.services.decide import decide  # noqa: PLC0415 - as above
    from lionrock.jobs.store import Store  # noqa: PLC0415 - as above

    dice = random.Random(7)
    region = regions.load("hk")
    began = time.monotonic()
    for number in range(10):
        at = NOW - timedelta(days=40 - 4 * number)
        store = Store.open(
            source=f"nrd-{number}",
            model_version="bench-1",
            region=region,
            clock=lambda at=at: at,  # type: ignore[misc]  # mypy cannot see the default's type
        )
        batch = list(judgements(dice, region, count // 10))
        store.keep(batch, names=50 * len(batch), rejects=17)
        store.finish()
    took = time.monotonic() - began
    print(f"stored {Suspect.objects.count():,} suspects in {took:.0f} s ({count / took:,.0f}/s)")
    ada = Person.objects.create(email="ada@cert.example", name="Ada", joined_at=NOW)
    with transaction.atomic():
        for suspect in Suspect.objects.order_by("?")[: int(count * DECIDED)]:
            kind = dice.choice((Kind.CONFIRM, Kind.DISMISS))
            dismissal = "" if kind is Kind.CONFIRM else "accident"
            when = NOW - timedelta(minutes=dice.randrange(60_000))
            decide(suspect, kind, dismissal=dismissal, by=ada, note="", now=when)
    waiting = Suspect.objects.filter(state=State.WAITING)
    print(f"waiting {waiting.count():,} in {waiting.values('series').distinct().count():,} series")


def judgements(dice: random.Random, region: Region, count: int) -> Iterator[Judgement]:
    """Yield suspects like those of real lists: many brands, some long series, all endings."""
    lures = [lure.word for lure in region.lures if lure.word.isascii()]
    letters = "abcdefghijklmnopqrstuvwxyz"
    made = 0
    while made < count:
        brand = dice.choice(region.brands)
        alias = next((a for a in brand.aliases if a.isascii()), "brand")
        stem = f"{alias}-{dice.choice(lures)}"
        if dice.random() < 0.9:
            stem += "-" + "".join(dice.choices(letters, k=dice.randrange(3, 9)))
        for _member in range(
            1 if dice.random() < 0.8 else dice.randrange(2, 60 if dice.random() < 0.05 else 6)
        ):
            host = f"{stem}{dice.randrange(10_000)}.{dice.choice(TLDS)}"
            made += 1
            yield Judgement(
                name=host,
                host=host,
                registrable=host,
                tenant_of=None,
                score=round(dice.betavariate(5, 1), 9),
                verdict=Verdict.SUSPECT,
                brand=brand.id,
                reasons=(
                    Reason(code="brand-word", about=alias, start=0, end=len(alias)),
                    Reason(code="lure", about="login", start=len(alias) + 1, end=len(alias) + 4),
                    Reason(code="ending", about=host.rpartition(".")[2]),
                    Reason(code="model"),
                ),
                model_version="bench-1",
            )


def measured() -> None:
    """Ask every page, and print the times."""
    from django.contrib.auth.models import Group  # noqa: PLC0415 - after django.setup()
    from django.test import Client  # noqa: PLC0415 - as above

    from lionrock.desk.people.models import Person  # noqa: PLC0415 - as above
    from lionrock.desk.people.roles import Role  # noqa: PLC0415 - as above

    ada = Person.objects.get(email="ada@cert.example")
    for role in (Role.ANALYST, Role.ADMINISTRATOR):
        ada.groups.add(Group.objects.get_or_create(name=role.value)[0])
    client = Client(SERVER_NAME="localhost")
    client.force_login(ada)
    print(f"{'page':46} {'median':>9} {'95 %':>9}   (milliseconds, {ROUNDS} rounds)")
    for title, addresses in pages().items():
        times: list[float] = []
        client.get(addresses[0])  # the first ever also reads the region pack and the templates
        for number in range(ROUNDS):
            address = addresses[number % len(addresses)]
            began = time.perf_counter()
            response = client.get(address)
            body = b"".join(response) if response.streaming else response.content
            times.append(1000 * (time.perf_counter() - began))
            if response.status_code != 200 or not body:
                sys.exit(f"{address} answered {response.status_code}")
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{title:46} {statistics.median(times):9.0f} {p95:9.0f}", flush=True)


def pages() -> dict[str, list[str]]:
    """Return the addresses to ask, by what they are."""
    from django.db.models import Count  # noqa: PLC0415 - after django.setup()

    from lionrock.desk.suspects.models import State, Suspect  # noqa: PLC0415 - as above

    waiting = Suspect.objects.filter(state=State.WAITING)
    some = list(waiting.order_by("?")[:40])
    brands = [suspect.brand for suspect in some]
    middle = [f"{suspect.score!r},{suspect.pk}" for suspect in some]
    [longest] = (
        waiting.values("series")
        .annotate(size=Count("id"))
        .order_by("-size")[:1]
        .values_list("series")
    )
    long = waiting.filter(series=longest[0]).order_by("-score")[:1].get()
    return {
        "first page": ["/"],
        "today's queue": ["/queue/"],
        "today's queue, one brand": [f"/queue/?brand={brand}" for brand in brands],
        "all waiting": ["/suspects/"],
        "all waiting, from the middle on": [f"/suspects/?after={place}" for place in middle],
        "all waiting, back from the middle": [f"/suspects/?before={place}" for place in middle],
        "all waiting, one brand": [f"/suspects/?brand={brand}" for brand in brands],
        "all waiting, one sector": ["/suspects/?sector=bank", "/suspects/?sector=government"],
        "all waiting, one ending": [f"/suspects/?tld={tld}" for tld in TLDS],
        "all waiting, an ending nobody uses": ["/suspects/?tld=example"],
        "all waiting, one source": [f"/suspects/?source=nrd-{n}" for n in range(10)],
        "all waiting, read in the last week": ["/suspects/?age=7"],
        "all waiting, read in the last day": ["/suspects/?age=1"],
        "all waiting, older than a month": ["/suspects/?age=-30"],
        "all waiting, low scores": ["/suspects/?most=0.4", "/suspects/?least=0.3&most=0.5"],
        "all waiting, brand, ending and age": [
            f"/suspects/?brand={brand}&tld=top&age=30" for brand in brands
        ],
        "all waiting, assigned to me": ["/suspects/?mine=on"],
        "search, many hits": ["/suspects/?q=login", "/suspects/?q=a"],
        "search, one hit": [f"/suspects/?q={suspect.host}" for suspect in some],
        "search, no hit": ["/suspects/?q=zzzzzzzzq"],
        "confirmed": ["/suspects/?state=confirmed"],
        "confirmed, one brand": [f"/suspects/?state=confirmed&brand={brand}" for brand in brands],
        "confirmed, search": ["/suspects/?state=confirmed&q=zzzzzzzzq"],
        "dismissed": ["/suspects/?state=dismissed"],
        "a suspect": [f"/suspects/{suspect.pk}/?scope=all" for suspect in some],
        "a suspect, in a search": [
            f"/suspects/{suspect.pk}/?scope=all&q=login" for suspect in some
        ],
        "a series": [f"/suspects/{suspect.pk}/series/" for suspect in some],
        "the longest series": [f"/suspects/{long.pk}/series/"],
        "readings": ["/readings/"],
        "proposals": ["/proposals/"],
        "export, the page": ["/export/"],
        "export, the zone": ["/export/rpz/"],
        "audit log": ["/audit/"],
        "people": ["/people/"],
    }


if __name__ == "__main__":
    main()
