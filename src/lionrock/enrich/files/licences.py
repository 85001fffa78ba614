"""On what conditions providers of tables let them be used, told by the name of the table."""

from typing import Final

DB_IP: Final = (
    "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0: "
    "name it, with the link, where it is shown"
)
_BY_NAME: Final = {
    "dbip": DB_IP,
    "db-ip": DB_IP,
    "geolite2": "GeoLite2 by MaxMind (https://www.maxmind.com), under its licence agreement",
    "geoip2": "GeoIP2 by MaxMind (https://www.maxmind.com), as bought",
    "ipinfo": "IP address data by IPinfo (https://ipinfo.io), CC BY-SA 4.0 where it is the free one",
}


def licence_of(source: str) -> str:
    """Return the conditions of a table by its source, empty where none are known."""
    return next((said for name, said in _BY_NAME.items() if source.startswith(name)), "")
