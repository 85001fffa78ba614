"""Finds the advice for a service under the many names that sources give it."""

from collections.abc import Mapping
from typing import Final

_NAMES: Final[Mapping[str, str]] = {
    "ms-sql": "mssql", "ms-sql-s": "mssql", "sqlserver": "mssql", "tds": "mssql",
    "postgres": "postgresql", "mariadb": "mysql", "mongo": "mongodb",
    "elastic": "elasticsearch", "portmap": "portmapper", "rpcbind": "portmapper",
    "sunrpc": "portmapper", "cldap": "ldap", "ldap-tcp": "ldap", "ldap-udp": "ldap", "ldaps": "ldap",
    "netbios-ns": "netbios", "netbios-ssn": "netbios", "nbns": "netbios",
    "ms-wbt-server": "rdp", "rdpeudp": "rdp", "msrdpeudp": "rdp", "rdp-udp": "rdp",
    "microsoft-ds": "smb", "cifs": "smb", "samba": "smb",
    "upnp": "ssdp", "domain": "dns", "dns-udp": "dns", "ntpmonitor": "ntp", "ntpversion": "ntp",
    "bmc": "ipmi", "ipp": "printer", "jetdirect": "printer", "pjl": "printer",
    "isakmp": "ipsec", "ike": "ipsec", "sslvpn": "vpn", "openvpn": "vpn", "fortinet": "vpn",
    "pulse-secure": "vpn", "ivanti": "vpn", "citrix": "vpn", "sonicwall": "vpn",
    "globalprotect": "vpn", "anyconnect": "vpn", "cisco-smart-install": "vpn",
    "android": "adb", "android-debug-bridge": "adb", "freenet-mqtt": "mqtt", "mqtts": "mqtt",
    "amqps": "amqp", "rabbitmq": "amqp", "coaps": "coap",
    "modbus": "ics", "s7": "ics", "s7comm": "ics", "bacnet": "ics", "dnp3": "ics", "iec104": "ics",
    "iec-104": "ics", "fox": "ics", "ethernetip": "ics", "ethernet-ip": "ics", "opcua": "ics",
    "opc-ua": "ics", "codesys": "ics", "knx": "ics", "ics": "ics", "omron-fins": "ics",
    "fins": "ics", "hart-ip": "ics", "atg": "ics", "gtp": "ics", "mitsubishi-melsec": "ics",
    "outlook": "exchange", "owa": "exchange", "ms-exchange": "exchange",
    "http-alt": "http", "https-alt": "https", "ssl": "https", "http-proxy": "http",
    "socks4": "socks", "socks5": "socks", "sips": "sip", "tr-069": "cwmp", "tr069": "cwmp",
    "ubnt": "ubiquiti", "ubnt-discovery": "ubiquiti", "telnets": "telnet", "ftps": "ftp",
    "imaps": "imap", "pop3s": "pop3", "smtps": "smtp", "submission": "smtp",
    "k8s": "kubernetes", "kube-apiserver": "kubernetes", "dockerd": "docker",
    "rfb": "vnc", "quote-of-the-day": "qotd",
}  # fmt: skip

_PORTS: Final[Mapping[int, str]] = {
    17: "qotd", 19: "chargen", 21: "ftp", 22: "ssh", 23: "telnet", 53: "dns", 69: "tftp",
    80: "http", 102: "ics", 110: "pop3", 111: "portmapper", 123: "ntp", 137: "netbios",
    138: "netbios", 139: "netbios", 143: "imap", 161: "snmp", 177: "xdmcp", 389: "ldap",
    443: "https", 445: "smb", 500: "ipsec", 502: "ics", 523: "db2", 548: "afp", 623: "ipmi",
    631: "printer", 636: "ldap", 873: "rsync", 1080: "socks", 1433: "mssql", 1434: "mssql",
    1883: "mqtt", 1900: "ssdp", 2049: "nfs", 2323: "telnet", 2375: "docker", 2376: "docker",
    3306: "mysql", 3389: "rdp", 5060: "sip", 5353: "mdns", 5432: "postgresql", 5555: "adb",
    5672: "amqp", 5683: "coap", 5900: "vnc", 5984: "couchdb", 6379: "redis", 6443: "kubernetes",
    7547: "cwmp", 8883: "mqtt", 9100: "printer", 9200: "elasticsearch", 10001: "ubiquiti",
    11211: "memcached", 20000: "ics", 27017: "mongodb", 44818: "ics", 47808: "ics",
}  # fmt: skip


def service_key(service: str, port: int | None) -> str:
    """Return under which key the letters' texts hold advice; empty when neither name nor port is known."""
    name = service.strip().lower().replace("_", "-").replace(" ", "-")
    if name:
        return _NAMES.get(name, name)
    return _PORTS.get(port or 0, "")
