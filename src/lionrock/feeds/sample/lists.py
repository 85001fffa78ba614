"""Lists that are fetched: of malware's URLs, of phishing pages, of attackers."""

import csv
import hashlib
import io
from datetime import datetime, timedelta

from lionrock.feeds.sample.cast import Cast


def urlhaus(cast: Cast, number: int, day: datetime) -> bytes:
    """Return a dump in URLhaus's form; one row has no address in it."""
    text = io.StringIO(newline="")
    text.write(
        "# A made-up list in the form of abuse.ch URLhaus (sample of Lionrock)\r\n"
        "# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\r\n"
    )
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    for place, page in enumerate(cast.malware):
        if not page.first <= number <= page.last:
            continue
        moment = f"{day + timedelta(hours=2, minutes=place):%Y-%m-%d %H:%M:%S}"
        table.writerow(
            [
                *(str(900_000 + place), moment),
                f"http://{page.host if place % 2 else page.address}:8080/bins/sample{place}.sh",
                *("online", moment, "malware_download", "elf,mirai" if place % 2 else "exe,sample"),
                *(f"https://urlhaus.example/url/{900_000 + place}/", "lionrock-sample"),
            ]
        )
    if number == 5:
        table.writerow(["900999", "?", "not an address", "online", "", "", "", "", ""])
    return text.getvalue().encode("utf-8")


def openphish(cast: Cast, number: int, day: datetime) -> bytes:
    """Return the pages that are up, one address to a line."""
    del day
    return "".join(f"{page.url}\n" for page in cast.up(number)).encode("utf-8")


def blocklist(cast: Cast, number: int, day: datetime) -> bytes:
    """Return the attackers of a day, one to a line, and a line that is none."""
    del day
    found = [machine.address for machine in cast.listed("event4_honeypot_brute_force", number)]
    found += [
        f"2001:db8:1000::{int(hashlib.sha256(a.encode()).hexdigest()[:4], 16):x}" for a in found[:2]
    ]
    return "".join(f"{address}\n" for address in (*found, "n/a")).encode("utf-8")
