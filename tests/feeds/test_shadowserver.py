"""Shadowserver's reports: told by name, carrier or columns; read by our table or their schema."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp
from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.reading import as_host, read_delivery
from lionrock.feeds.shadowserver import FEED
from lionrock.feeds.shadowserver_reports.naming import named, told_by_columns
from lionrock.feeds.shadowserver_reports.rows import _PLAIN_HOST
from lionrock.feeds.shadowserver_reports.schema import (
    AID,
    EMPTY,
    kind_of,
    read_schema,
    validate_schema,
)
from lionrock.feeds.shadowserver_reports.table import (
    plain_name,
    report_named,
    reports,
    written_name,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PUBLISHED = [
    "blocklist",
    "compromised_account",
    "compromised_iot",
    "compromised_iot6",
    "compromised_website",
    "compromised_website6",
    "device_id",
    "device_id6",
    "event4_ddos_participant",
    "event4_honeypot_adb_scan",
    "event4_honeypot_brute_force",
    "event4_honeypot_darknet",
    "event4_honeypot_ddos",
    "event4_honeypot_ddos_amp",
    "event4_honeypot_ddos_target",
    "event4_honeypot_http_scan",
    "event4_honeypot_ics_scan",
    "event4_honeypot_ikev2_scan",
    "event4_honeypot_rdp_scan",
    "event4_honeypot_rocketmq_scan",
    "event4_honeypot_smb_scan",
    "event4_honeypot_snmp_scan",
    "event4_initial_access_broker",
    "event4_ip_spoofer",
    "event4_microsoft_sinkhole",
    "event4_microsoft_sinkhole_http",
    "event4_sinkhole",
    "event4_sinkhole_dns",
    "event4_sinkhole_http",
    "event4_sinkhole_http_referer",
    "event6_sinkhole",
    "event6_sinkhole_http",
    "event6_sinkhole_http_referer",
    "malware_url",
    "phish_url",
    "population6_bgp",
    "population6_http_proxy",
    "population6_isakmp",
    "population6_msmq",
    "population_bgp",
    "population_http_proxy",
    "population_isakmp",
    "population_msmq",
    "population_ntrip",
    "ransomware_victim",
    "sandbox_conn",
    "sandbox_dns",
    "sandbox_url",
    "scan6_activemq",
    "scan6_badsecrets",
    "scan6_bgp",
    "scan6_cwmp",
    "scan6_dns",
    "scan6_elasticsearch",
    "scan6_exchange",
    "scan6_ftp",
    "scan6_http",
    "scan6_http_proxy",
    "scan6_http_vulnerable",
    "scan6_imap",
    "scan6_imap_vulnerable",
    "scan6_ip_tunnel",
    "scan6_ipp",
    "scan6_isakmp",
    "scan6_ldap_tcp",
    "scan6_mqtt",
    "scan6_mqtt_anon",
    "scan6_mysql",
    "scan6_ntp",
    "scan6_ntpmonitor",
    "scan6_pop3",
    "scan6_pop3_vulnerable",
    "scan6_postgres",
    "scan6_rdp",
    "scan6_rsync",
    "scan6_slp",
    "scan6_smb",
    "scan6_smtp",
    "scan6_smtp_vulnerable",
    "scan6_snmp",
    "scan6_ssh",
    "scan6_ssl",
    "scan6_ssl_freak",
    "scan6_ssl_poodle",
    "scan6_stun",
    "scan6_telnet",
    "scan6_vnc",
    "scan_activemq",
    "scan_adb",
    "scan_afp",
    "scan_amqp",
    "scan_ard",
    "scan_badsecrets",
    "scan_bgp",
    "scan_chargen",
    "scan_cisco_smart_install",
    "scan_coap",
    "scan_couchdb",
    "scan_cwmp",
    "scan_db2",
    "scan_ddos_middlebox",
    "scan_dns",
    "scan_docker",
    "scan_dvr_dhcpdiscover",
    "scan_elasticsearch",
    "scan_epmd",
    "scan_exchange",
    "scan_ftp",
    "scan_gtp",
    "scan_hadoop",
    "scan_http",
    "scan_http_proxy",
    "scan_http_vulnerable",
    "scan_ics",
    "scan_imap",
    "scan_imap_vulnerable",
    "scan_ip_tunnel",
    "scan_ipmi",
    "scan_ipp",
    "scan_isakmp",
    "scan_kubernetes",
    "scan_ldap_tcp",
    "scan_ldap_udp",
    "scan_loop_dos",
    "scan_mdns",
    "scan_memcached",
    "scan_mikrotik_service",
    "scan_mongodb",
    "scan_mqtt",
    "scan_mqtt_anon",
    "scan_msmq",
    "scan_msrpc",
    "scan_mssql",
    "scan_mysql",
    "scan_nat_pmp",
    "scan_netbios",
    "scan_netis_router",
    "scan_ntp",
    "scan_ntpmonitor",
    "scan_pop3",
    "scan_pop3_vulnerable",
    "scan_portmapper",
    "scan_post_exploitation_framework",
    "scan_postgres",
    "scan_qotd",
    "scan_quic",
    "scan_radmin",
    "scan_rdp",
    "scan_rdpeudp",
    "scan_redis",
    "scan_rsync",
    "scan_sip",
    "scan_slp",
    "scan_smb",
    "scan_smtp",
    "scan_smtp_vulnerable",
    "scan_snmp",
    "scan_socks",
    "scan_ssdp",
    "scan_ssh",
    "scan_ssl",
    "scan_ssl_freak",
    "scan_ssl_poodle",
    "scan_stun",
    "scan_synfulknock",
    "scan_telnet",
    "scan_tftp",
    "scan_ubiquiti",
    "scan_vnc",
    "scan_ws_discovery",
    "scan_xdmcp",
    "spam_url",
    "special",
]


def read(
    text: str, name: str = "2026-11-20-scan_telnet-region.csv", **more: dict[str, str]
) -> list[Event | Reject]:
    delivery = Delivery.of(text.encode(), name=name, received=NOW, headers=more.get("headers"))
    return list(read_delivery(FEED, delivery))


def one(text: str, name: str = "2026-11-20-scan_telnet-region.csv") -> Event:
    [found] = read(text, name)
    assert isinstance(found, Event), found
    return found


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_report_type_is_known(name: str) -> None:
    report = report_named(name)
    assert report is not None
    assert report.kind is not Rsit.UNDETERMINED or report.variant in {
        "special",
        "called-by-malware",
    }
    assert written_name(name) == name


def test_what_a_source_saw_once_is_no_complete_scan() -> None:
    passive = {r.name for r in reports().values() if r.seen is Seen.PASSIVE}
    assert {name for name in reports() if name.startswith("event4_")} <= passive
    assert all(
        r.seen is Seen.SCAN
        for r in reports().values()
        if r.name.startswith(("scan_", "population"))
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2026-11-20-scan_telnet-hongkong-geo.csv", "scan_telnet"),
        ("2026-11-20-scan_telnet-hongkong-geo.csv.gz", "scan_telnet"),
        ("scan_telnet.csv", "scan_telnet"),
        ("2026-11-20-SCAN6_SSH-region.CSV", "scan6_ssh"),
        ("2014-06-22-cisco_smart_install-region.csv", "cisco_smart_install"),
        ("shadowserver.open-resolver._1.raw", "open_resolver"),
        ("/inbox/2026-11-20-event4_sinkhole_http-as64496.csv", "event4_sinkhole_http"),
        ("2026-11-20-scan_brand_new-region.csv", "scan_brand_new"),
        ("report.csv", ""),
        ("", ""),
    ],
)
def test_a_files_name_tells_the_report(name: str, expected: str) -> None:
    assert named(Delivery.of(b"", name=name, received=NOW), EMPTY).name == expected


def test_a_carrier_that_knows_the_report_is_believed() -> None:
    row = "timestamp,ip,port\n2026-11-19 00:00:00,192.0.2.1,22\n"
    [found] = read(row, "download", headers={"report-type": "scan_ssh"})
    assert isinstance(found, Event)
    assert (found.report, found.service) == ("scan_ssh", "ssh")
    disposition = {"content-disposition": 'attachment; filename="2026-11-20-scan_ssh-x.csv"'}
    [found] = read(row, "download", headers=disposition)
    assert isinstance(found, Event)
    assert found.report == "scan_ssh"


def test_no_two_reports_are_told_by_the_same_columns() -> None:
    for report in reports().values():
        if report.told_by:
            assert told_by_columns(report.told_by, EMPTY) == report.name


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("darknet", "event4_honeypot_darknet"),
        ("sinkhole6_http", "event6_sinkhole_http"),
        ("netis", "scan_netis_router"),
        ("sinkhole_http_drone", "event4_sinkhole_http"),
        ("compromised_website6", "compromised_website6"),
        ("event6_honeypot_brute_force", "event6_honeypot_brute_force"),
    ],
)
def test_an_old_name_becomes_todays(old: str, now: str) -> None:
    assert plain_name(old) in reports()
    assert written_name(old) == now


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("scan_adb", Severity.CRITICAL),
        ("event6_sinkhole_http", Severity.CRITICAL),
        ("scan_rdp", Severity.HIGH),
        ("scan_telnet", Severity.MEDIUM),
        ("scan_ssl_poodle", Severity.LOW),
        ("scan_ssh", Severity.INFO),
    ],
)
def test_a_report_from_before_severities_has_the_level_published_for_its_type(
    name: str, level: Severity
) -> None:
    report = report_named(name)
    assert report is not None
    assert report.severity is level


def test_whom_malware_called_in_a_sandbox_is_never_told_of_it_for_that() -> None:
    header = "timestamp,severity,ip,asn,geo,md5,url,hostname"
    row = "2026-11-19 00:00:00,low,192.0.2.1,64496,HK,,http://search.example/,search.example"
    found = one(f"{header}\n{row}\n", "2026-11-20-sandbox_url-region.csv")
    assert (found.kind, found.severity) == (Rsit.UNDETERMINED, Severity.INFO)
    assert (found.variant, found.url) == ("called-by-malware", "http://search.example/")


def test_a_resolver_that_asks_a_sinkhole_is_no_infected_machine() -> None:
    header = "timestamp,protocol,src_ip,src_asn,src_geo,severity,infection,query_type,query,count"
    row = "2026-11-19 00:00:00,udp,192.0.2.53,64496,HK,info,qsnatch,A,bad.example,4"
    found = one(f"{header}\n{row}\n", "2026-11-20-event4_sinkhole_dns-region.csv")
    assert (found.kind, found.part, found.severity) == (Rsit.OTHER, Part.SOURCE, Severity.INFO)


@pytest.mark.parametrize(
    ("protocol", "kind"),
    [("udp", Rsit.DDOS_AMPLIFIER), ("tcp", Rsit.INFORMATION_DISCLOSURE)],
)
def test_an_open_memcached_amplifies_only_over_udp(protocol: str, kind: Rsit) -> None:
    row = f"2026-11-19 00:00:00,192.0.2.1,{protocol},11211"
    found = one(f"timestamp,ip,protocol,port\n{row}\n", "2026-11-20-scan_memcached-region.csv")
    assert (found.kind, found.transport) == (kind, protocol)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("likely compromised", Rsit.SYSTEM_COMPROMISE),
        ("vulnerable", Rsit.VULNERABLE_SYSTEM),
        ("", Rsit.UNDETERMINED),
    ],
)
def test_a_special_report_is_what_its_status_says(status: str, kind: Rsit) -> None:
    row = f"2026-11-19 00:00:00,192.0.2.1,example-campaign,{status}"
    found = one(f"timestamp,ip,tag,status\n{row}\n", "2026-11-20-special-region.csv")
    assert (found.kind, found.variant) == (kind, "example-campaign")


def test_a_machine_that_a_broker_sells_is_compromised_and_calls_him() -> None:
    header = "timestamp,protocol,src_ip,src_port,dst_ip,dst_port,severity"
    row = "2026-11-19 00:00:00,tcp,192.0.2.1,50000,203.0.113.9,443,critical"
    found = one(f"{header}\n{row}\n", "2026-11-20-event4_initial_access_broker-region.csv")
    assert (found.kind, found.part) == (Rsit.SYSTEM_COMPROMISE, Part.SOURCE)
    assert found.other is not None
    assert found.other.value == "203.0.113.9"


@pytest.mark.parametrize("name", ["scan_http", "scan6_ssl", "scan_smtp", "scan_quic"])
def test_a_service_that_is_meant_to_be_reached_is_no_problem(name: str) -> None:
    report = report_named(name)
    assert report is not None
    assert (report.kind, report.severity) == (Rsit.OTHER, Severity.INFO)


def test_a_severity_of_the_row_wins_over_the_table() -> None:
    header = "timestamp,severity,ip,port"
    assert one(f"{header}\n2026-11-19 00:00:00,low,192.0.2.1,23\n").severity is Severity.LOW
    assert one(f"{header}\n2026-11-19 00:00:00,,192.0.2.1,23\n").severity is Severity.MEDIUM
    assert one(f"{header}\n2026-11-19 00:00:00,odd,192.0.2.1,23\n").severity is Severity.MEDIUM


def test_a_header_without_a_time_takes_the_reports_day() -> None:
    assert one("ip,port\n192.0.2.1,23\n").at == datetime(2026, 11, 20, tzinfo=UTC)
    assert one("ip,port\n192.0.2.1,23\n", "scan_telnet.csv").at == NOW


def test_a_stolen_account_is_told_to_the_domain_of_its_mail_address() -> None:
    header = "timestamp,email,infection,source_url,public_source,status,tag,severity,service,username,detail"
    found = read(
        f"{header}\n"
        "2026-11-19 00:00:00,Jan@Mail.Example,lumma,,shop,,credentials,critical,https://vpn.alpha.example/,jan,\n"
        "2026-11-19 00:00:00,,lumma,,shop,,credentials,critical,https://vpn.alpha.example/login,jan,\n"
        "2026-11-19 00:00:00,,lumma,,shop,,credentials,critical,,jan,\n",
        "2026-11-20-compromised_account-region.csv",
    )

    mailbox, login, nowhere = found
    assert isinstance(mailbox, Event)
    assert isinstance(login, Event)
    assert (mailbox.asset.kind, mailbox.asset.value) == (AssetKind.HOST, "mail.example")
    assert (login.asset.kind, login.asset.value) == (AssetKind.HOST, "vpn.alpha.example")
    assert mailbox.details["email"] == "Jan@Mail.Example"
    assert mailbox.service is None
    assert isinstance(nowhere, Reject)


def test_a_victim_of_ransomware_is_its_website() -> None:
    header = "timestamp,entity_name,website,geo,region,sector,date_published,ransomware,leak_site_url,severity"
    urls, hosts = read(
        f"{header}\n"
        "2026-11-19 00:00:00,Alpha,https://www.alpha.example/,HK,,Retail,2026-11-18,Akira,http://x.onion/,info\n"
        "2026-11-19 00:00:00,Beta,beta.example,HK,,Retail,2026-11-18,Akira,http://x.onion/,info\n",
        "2026-11-20-ransomware_victim-region.csv",
    )

    for event, host in ((urls, "www.alpha.example"), (hosts, "beta.example")):
        assert isinstance(event, Event)
        assert (event.asset.kind, event.asset.value) == (AssetKind.HOST, host)
        assert (event.part, event.family, event.severity) == (Part.TARGET, "akira", Severity.INFO)


def test_a_listed_network_is_no_address() -> None:
    event = one(
        "timestamp,ip,hostname,source,reason,asn,geo\n"
        "2026-11-19 00:00:00,192.0.2.0/24,a.example,list,spam,64496,HK\n",
        "2026-11-20-blocklist-region.csv",
    )
    assert (event.asset.kind, event.asset.value) == (AssetKind.NETWORK, "192.0.2.0/24")
    assert event.address is None


def test_the_origin_of_an_attack_is_kept() -> None:
    event = one(
        "timestamp,src_ip,src_port,dst_ip,dst_port,infection\n"
        "2026-11-19 00:00:00,192.0.2.1,4711,198.51.100.1,22,ssh-brute-force\n",
        "2026-11-20-event4_honeypot_brute_force-x.csv",
    )
    assert (event.part, str(event.asset)) == (Part.SOURCE, "192.0.2.1")
    assert (event.other_part, str(event.other), event.other_port) == (
        Part.TARGET,
        "198.51.100.1",
        22,
    )
    assert event.family is None


def test_a_passing_port_tells_no_attack_from_another() -> None:
    event = one(
        "timestamp,src_ip,src_port,dst_ip,dst_port\n2026-11-19 00:00:00,192.0.2.1,4711,198.51.100.1,80\n",
        "2026-11-20-event4_ddos_participant-x.csv",
    )
    assert event.port is None
    assert event.details["src_port"] == "4711"


def test_special_reports_differ_by_what_they_are_about() -> None:
    header = "timestamp,ip,tag\n2026-11-19 00:00:00,192.0.2.1,"
    names = [
        one(header + tag, "2026-11-20-special-x.csv").variant for tag in ("Cyclops-Blink", "other")
    ]
    assert names == ["cyclops-blink", "other"]


@pytest.mark.parametrize("kind", [AssetKind.NETWORK, AssetKind.ASN, AssetKind.HOST])
def test_a_row_without_an_address_is_about_what_it_names(kind: AssetKind) -> None:
    text = {
        AssetKind.NETWORK: "timestamp,ip,network\n2026-11-19 00:00:00,,192.0.2.0/24\n",
        AssetKind.ASN: "timestamp,ip,asn\n2026-11-19 00:00:00,,64496\n",
        AssetKind.HOST: "timestamp,ip,hostname\n2026-11-19 00:00:00,,a.example\n",
    }[kind]
    assert one(text).asset.kind is kind


COLUMNS = [
    "timestamp",
    "severity",
    "ip",
    "protocol",
    "port",
    "hostname",
    "tag",
    "asn",
    "geo",
    "banner",
]
VALUES = dict(
    zip(
        COLUMNS,
        [
            "2026-11-19 00:00:01",
            "low",
            "192.0.2.1",
            "tcp",
            "23",
            "a.example",
            "telnet",
            "64496",
            "HK",
            "x",
        ],
        strict=True,
    )
)


@given(
    st.permutations([*COLUMNS, "new_one", "new_two"]),
    st.sets(st.sampled_from([c for c in COLUMNS if c != "ip"])),
)
def test_no_order_and_no_gap_of_columns_loses_a_row(order: list[str], missing: set[str]) -> None:
    columns = [column for column in order if column not in missing]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([columns, [VALUES.get(c, f"value of {c}") for c in columns]])
    event = one(out.getvalue())
    assert str(event.asset) == "192.0.2.1"
    assert event.details["new_one"] == "value of new_one"
    assert event.details["new_two"] == "value of new_two"
    assert event.host == (None if "hostname" in missing else "a.example")


@given(st.from_regex(r"[a-z0-9_\-]{0,12}(\.[a-z0-9_\-]{0,12}){0,4}", fullmatch=True))
def test_the_short_way_to_a_host_agrees_with_the_long_one(text: str) -> None:
    if _PLAIN_HOST.fullmatch(text) and "xn--" not in text and len(text) <= 253:
        assert as_host(text) == text


SCHEMA = json.dumps(
    {
        "scan_new_thing": {
            "constant_fields": {
                "classification.taxonomy": "vulnerable",
                "classification.type": "weak-crypto",
            },
            "required_fields": [["time.source", "timestamp"], ["source.ip", "ip"]],
            "optional_fields": [["malware.name", "nickname"], ["extra.", "shape"]],
        },
        "broken": {"required_fields": "no"},
        "not a type": 3,
    }
).encode()


def test_a_type_newer_than_our_table_is_read_by_the_schema_handed_in() -> None:
    content = b"timestamp,ip,nickname,shape\n2026-11-19 00:00:00,192.0.2.1,Bob,round\n"
    for name in ("2026-11-20-scan_new_thing-x.csv", "unnamed.csv"):
        delivery = Delivery.of(content, name=name, received=NOW, aids={AID: SCHEMA})
        [event] = read_delivery(FEED, delivery)
        assert isinstance(event, Event)
        assert (event.kind, event.family, event.report) == (
            Rsit.WEAK_CRYPTO,
            "bob",
            "scan_new_thing",
        )
        assert event.details == {"shape": "round"}


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"{}", b'{"a": 1}', b"\xff\xfe{"])
def test_an_error_page_is_no_schema(content: bytes) -> None:
    with pytest.raises(GiveUp):
        validate_schema(content)


def test_a_schema_that_is_broken_stops_no_reading() -> None:
    text = b"timestamp,ip\n2026-11-19 00:00:00,192.0.2.1\n"
    delivery = Delivery.of(text, name="scan_telnet.csv", received=NOW, aids={AID: b"<html>"})
    [event] = read_delivery(FEED, delivery)
    assert isinstance(event, Event)


def test_a_schema_keeps_its_good_parts_and_one_spelling() -> None:
    assert set(read_schema(SCHEMA).entries) == {"scan_new_thing"}
    assert validate_schema(SCHEMA) == validate_schema(validate_schema(SCHEMA).encode())


def test_words_of_a_schema_name_types_of_the_taxonomy() -> None:
    assert kind_of("vulnerable", "ddos-amplifier") is Rsit.DDOS_AMPLIFIER
    assert kind_of("Malicious Code", "infected-system") is Rsit.INFECTED_SYSTEM
    assert kind_of("", "no such") is None
