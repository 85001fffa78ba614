"""Shadowserver's reports of a day, with the columns their published schema names."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lionrock.feeds.sample.cast import Cast, Machine

Cells = dict[str, str]

_ASSET: Final = (
    *("timestamp", "severity", "ip", "protocol", "port", "hostname", "tag"),
    *("asn", "geo", "region", "city", "naics", "hostname_source", "sector"),
)
_FLOW: Final = (
    *("timestamp", "severity", "protocol", "src_ip", "src_port", "src_asn", "src_geo"),
    *("src_region", "src_city", "src_hostname", "src_naics", "src_sector"),
    *("device_vendor", "device_type", "device_model"),
    *("dst_ip", "dst_port", "dst_asn", "dst_geo", "dst_region", "dst_city", "dst_hostname"),
    *("dst_naics", "dst_sector", "public_source", "infection", "family", "tag"),
    *("application", "version", "event_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report type: its columns, and what it says of a machine besides where it stands."""

    name: str
    columns: tuple[str, ...]
    says: Callable[[Machine, int], Cells]
    broken: tuple[str, ...] = ()
    """Lines that no reader can make sense of, at the end of the third day's report."""

    def written(self, cast: Cast, number: int, day: datetime) -> bytes:
        """Return the report of a day of the week."""
        text = io.StringIO(newline="")
        table = csv.DictWriter(
            text, self.columns, restval="", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n"
        )
        table.writeheader()
        for place, machine in enumerate(cast.listed(self.name, number)):
            moment = day + timedelta(seconds=977 * (place + 1) % 86_400)
            where = _flow(machine) if self.columns[: len(_FLOW)] == _FLOW else _asset(machine)
            cells = {"timestamp": f"{moment:%Y-%m-%d %H:%M:%S}", **where}
            table.writerow(cells | self.says(machine, place))
        if number == 2:
            text.writelines(f"{line}\n" for line in self.broken)
        return text.getvalue().encode("utf-8")


def _asset(machine: Machine) -> Cells:
    return {
        "ip": machine.address,
        "hostname": machine.host,
        "asn": str(machine.asn),
        "geo": machine.country,
        "hostname_source": "ptr",
    }


def _flow(machine: Machine) -> Cells:
    return {
        "src_ip": machine.address,
        "src_hostname": machine.host,
        "src_asn": str(machine.asn),
        "src_geo": machine.country,
        "dst_ip": "203.0.113.33",
        "dst_asn": "65536",
        "public_source": "lionrock-sample",
    }


def _service(
    port: int, protocol: str, tag: str, severity: str, **more: str
) -> Callable[[Machine, int], Cells]:
    def says(machine: Machine, place: int) -> Cells:
        del machine, place
        return {
            "severity": severity,
            "protocol": protocol,
            "port": str(port),
            "tag": tag,
            **more,
        }

    return says


_FAMILIES: Final = ("avalanche-andromeda", "qakbot", "ramnit")


def _infected(machine: Machine, place: int) -> Cells:
    family = _FAMILIES[int(machine.address.rpartition(".")[2]) % len(_FAMILIES)]
    return {
        "severity": "high",
        "protocol": "tcp",
        "src_port": str(40_000 + 37 * place),
        "dst_port": "80",
        "infection": family.rpartition("-")[2],
        "family": family.rpartition("-")[2],
        "tag": family,
        "http_host": f"gate{place}.sinkholed.example",
        "http_url": "/gate.php",
        "http_agent": "Mozilla/4.0",
    }


def _guessing(machine: Machine, place: int) -> Cells:
    del machine
    return {
        "severity": "medium",
        "protocol": "tcp",
        "src_port": str(50_000 + 11 * place),
        "dst_port": "22",
        "infection": "ssh-brute-force",
        "application": "ssh",
        "service": "ssh",
        "client_version": "SSH-2.0-Go",
        "username": "root",
        "password": "sample",
    }


def _website(machine: Machine, place: int) -> Cells:
    del place
    number = int(machine.address.rpartition(".")[2])
    shell = number % 2 == 0
    host = f"www.shop-{number}.{machine.host.partition('.')[2]}"
    return {
        "severity": "critical" if shell else "high",
        "port": "443",
        "tag": "hacked-webserver;webshell" if shell else "hacked-webserver;injected-js",
        "application": "http",
        "url": "/wp-content/uploads/x.php" if shell else "/",
        "http_host": host,
        "hostname": host,
        "category": "webshell" if shell else "injection",
        "system": "wordpress",
    }


REPORTS: Final = (
    Report(
        name="scan_telnet",
        columns=(*_ASSET, "banner"),
        says=_service(23, "tcp", "telnet", "high", banner="login:"),
        broken=('"2026-11-18 04:00:00","high","192.0.2.999","tcp",23,""',),
    ),
    Report(
        name="scan_snmp",
        columns=(*_ASSET, "sysdesc", "sysname", "version", "community", "response_size"),
        says=_service(
            161, "udp", "snmp", "medium", sysdesc="Sample router", version="2", community="public"
        ),
        broken=('"yesterday","medium","","udp","no port"',),
    ),
    Report(
        name="scan_dns",
        columns=(*_ASSET, "dns_version", "min_amplification"),
        says=_service(
            53, "udp", "openresolver", "medium", dns_version="dnsmasq-2.80", min_amplification="4.1"
        ),
    ),
    Report(
        name="scan_rdp",
        columns=(*_ASSET, "rdp_protocol", "subject_common_name", "tlsv13_support"),
        says=_service(3389, "tcp", "rdp", "medium", rdp_protocol="SSL"),
    ),
    Report(
        name="scan_mongodb",
        columns=(*_ASSET, "version", "visible_databases"),
        says=_service(
            27017, "tcp", "mongodb", "high", version="4.0.1", visible_databases="local | customers"
        ),
    ),
    Report(
        name="scan_exchange",
        columns=(*_ASSET, "version", "servername", "url"),
        says=_service(
            443,
            "tcp",
            "exchange;cve-2021-26855",
            "critical",
            version="15.1.2176",
            servername="MAIL1",
        ),
    ),
    Report(
        name="compromised_website",
        columns=(
            *("timestamp", "severity", "ip", "port", "hostname", "tag", "application"),
            *("asn", "geo", "region", "city", "url", "http_host", "category", "system"),
            *("detected_since", "server", "redirect_target", "naics", "sector", "cc_url"),
            "hostname_source",
        ),
        says=_website,
    ),
    Report(
        name="event4_sinkhole_http",
        columns=(
            *_FLOW,
            *("http_url", "http_host", "http_agent", "forwarded_by", "ssl_cipher", "http_referer"),
        ),
        says=_infected,
    ),
    Report(
        name="event4_honeypot_brute_force",
        columns=(
            *_FLOW,
            *("service", "start_time", "end_time", "client_version", "username", "password"),
            *("payload_url", "payload_md5"),
        ),
        says=_guessing,
    ),
)
