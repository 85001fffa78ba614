"""What the feeds' readers are made of: deliveries unpacked and guarded, records, values, times.

A feed's reader takes a ``Delivery`` and yields Events and Rejects. Most are one call of
``read_lines``, ``read_csv``, ``read_json`` or ``read_json_lines`` with a function that makes an
Event of one record, from values that the ``as_…`` functions read, and raises ``Unreadable``.
"""

from lionrock.feeds.reading.documents import Json, json_lines, json_records, loads
from lionrock.feeds.reading.guard import read_delivery
from lionrock.feeds.reading.lines import LONGEST_LINE, line_blocks, read_text, shown
from lionrock.feeds.reading.memo import Memo
from lionrock.feeds.reading.parts import Limits, parts
from lionrock.feeds.reading.records import (
    Line,
    Record,
    Result,
    read_csv,
    read_json,
    read_json_lines,
    read_lines,
)
from lionrock.feeds.reading.table import Row, Rows, columns_of
from lionrock.feeds.reading.times import as_time, from_epoch
from lionrock.feeds.reading.unreadable import Unreadable
from lionrock.feeds.reading.values import (
    Ends,
    as_address,
    as_asn,
    as_asset,
    as_country,
    as_cves,
    as_hash,
    as_host,
    as_network,
    as_padded_address,
    as_port,
    as_transport,
    as_url,
    asset_of,
    ends_of,
    kebab,
    with_port,
)
from lionrock.feeds.reading.written import as_json

__all__ = [
    "LONGEST_LINE",
    "Ends",
    "Json",
    "Limits",
    "Line",
    "Memo",
    "Record",
    "Result",
    "Row",
    "Rows",
    "Unreadable",
    "as_address",
    "as_asn",
    "as_asset",
    "as_country",
    "as_cves",
    "as_hash",
    "as_host",
    "as_json",
    "as_network",
    "as_padded_address",
    "as_port",
    "as_time",
    "as_transport",
    "as_url",
    "asset_of",
    "columns_of",
    "ends_of",
    "from_epoch",
    "json_lines",
    "json_records",
    "kebab",
    "line_blocks",
    "loads",
    "parts",
    "read_csv",
    "read_delivery",
    "read_json",
    "read_json_lines",
    "read_lines",
    "read_text",
    "shown",
    "with_port",
]
