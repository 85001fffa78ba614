"""Published alerts of every kind, all invented, for the tests of the formats they leave in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lionrock.core.alerts import (
    LANGUAGES,
    Alert,
    Bulletin,
    Impact,
    Indicator,
    Kind,
    Link,
    Part,
    Risk,
    Sentence,
)
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_publisher import Publisher

AT = datetime(2026, 11, 20, 3, 12, 4, tzinfo=UTC)
NOW = datetime(2026, 11, 22, tzinfo=UTC)

PUBLISHER = Publisher(
    authority="cert.example",
    names={"en": "CERT of the Isles", "zh-Hant": "群島應變中心", "zh-Hans": "群岛应变中心"},
    home="https://www.cert.example/",
    pages={
        "en": "https://www.cert.example/alerts/{slug}/",
        "zh-Hant": "https://www.cert.example/tc/alerts/{slug}/",
        "zh-Hans": "https://www.cert.example/sc/alerts/{slug}/",
    },
    zone=ZoneInfo("Atlantic/Azores"),
    address="alerts@cert.example",
    phone="+00 1234 5678",
    area={"en": "The Isles", "zh-Hant": "群島", "zh-Hans": "群岛"},
    countries=("XI",),
    licence="CC-BY-4.0",
)


def texts(en: str, hant: str, hans: str) -> dict[str, str]:
    """Return one text in the languages of everything that is published."""
    return dict(zip(LANGUAGES, (en, hant, hans), strict=True))


def sentence(part: Part, en: str, hant: str, hans: str, *cites: str) -> Sentence:
    """Return a sentence; one that must cite something cites a figure."""
    return Sentence(part=part, text=texts(en, hant, hans), cites=cites or ("figure:2026-W47.x",))


def alert(kind: Kind = Kind.PHISHING, **changes: Any) -> Alert:  # Any: each field has its own type
    """Return a published alert of a kind with the parts that such an alert has."""
    fields: dict[str, Any] = {  # Any: as above
        "id": "LR-2026-0012",
        "slug": "beware-of-fake-parcel-notices_20261120",
        "kind": kind,
        "title": texts(
            "Phishing alert - Fake parcel notices of Gull Post",
            "網絡釣魚警報 - 偽冒 Gull Post 的包裹通知",
            "网络钓鱼警报 - 假冒 Gull Post 的包裹通知",
        ),
        "risk": Risk.HIGH,
        "tlp": Tlp.CLEAR,
        "version": 1,
        "published": AT,
        "updated": AT,
        "sentences": _SENTENCES[kind],
        "indicators": _INDICATORS[kind],
        "brands": ("Gull Post",) if kind is Kind.PHISHING else (),
        "links": (LINK,),
        "bulletin": BULLETIN if kind is Kind.VULNERABILITY else None,
        **changes,
    }
    return Alert(**fields)


def updated(one: Alert, times: int = 1) -> Alert:
    """Return the alert after so many updates, a day apart."""
    log = tuple(
        (
            one.published + timedelta(days=day),
            texts(f"Change {day} added.", f"新增第 {day} 項。", f"新增第 {day} 项。"),
        )
        for day in range(1, times + 1)
    )
    return replace(one, log=log, version=1 + times, updated=log[-1][0])


def withdrawn(one: Alert) -> Alert:
    """Return the alert after it was withdrawn."""
    at = one.updated + timedelta(hours=5)
    why = texts(
        "The names belong to Gull Post itself.",
        "有關域名屬 Gull Post 所有。",
        "有关域名属 Gull Post 所有。",
    )
    return replace(
        one, log=(*one.log, (at, why)), version=one.version + 1, updated=at, withdrawn=True
    )


LINK = Link(
    title=texts("Notice of Gull Post", "Gull Post 的通告", "Gull Post 的通告"),
    url="https://www.gullpost.example/safety?id=7",
)

BULLETIN = Bulletin(
    vendor="Petrel Networks",
    products=("Skua Router firmware before 4.2.1", "Fulmar Gateway 7.0 to 7.3"),
    cves=("CVE-2026-10001", "CVE-2026-10002"),
    impacts=(Impact.REMOTE_CODE_EXECUTION, Impact.INFORMATION_DISCLOSURE),
    exploited=True,
    proof_public=False,
    patched=True,
)

_LEAD = sentence(
    Part.LEAD,
    "Since 18 November 2026 we have found 37 names that imitate Gull Post.",
    "自 2026 年 11 月 18 日起，我們發現 37 個偽冒 Gull Post 的域名。",
    "自 2026 年 11 月 18 日起，我们发现 37 个假冒 Gull Post 的域名。",
    "figure:2026-W47.phishing.name",
    "suspect:4711",
)
_ADVICE = sentence(
    Part.ADVICE,
    "Open the official app yourself; do not follow links in messages.",
    "請自行開啟官方應用程式，切勿點擊訊息中的連結。",
    "请自行打开官方应用程序，切勿点击消息中的链接。",
)

_SENTENCES = {
    Kind.PHISHING: (
        _LEAD,
        sentence(
            Part.LURES,
            "“Your parcel 8841 is held; pay 12.50 within 24 hours.”",
            "「您的包裹 8841 被扣起，請於 24 小時內支付 12.50。」",
            "“您的包裹 8841 被扣留，请于 24 小时内支付 12.50。”",
        ),
        sentence(
            Part.STEPS,
            "A short message leads to gul1post[.]example.",
            "短訊連結導向 gul1post[.]example。",
            "短信链接导向 gul1post[.]example。",
        ),
        sentence(
            Part.STEPS,
            "The page asks for 16 digits of a card.",
            "網頁要求輸入 16 位卡號。",
            "网页要求输入 16 位卡号。",
        ),
        sentence(
            Part.SIGNS,
            "The real address ends with gullpost.example.",
            "真正的網址以 gullpost.example 結尾。",
            "真正的网址以 gullpost.example 结尾。",
        ),
        _ADVICE,
        sentence(Part.VICTIMS, "Call your bank at once.", "請立即致電銀行。", "请立即致电银行。"),
    ),
    Kind.MALWARE: (
        sentence(
            Part.LEAD,
            "The family Razorbill was seen at 512 addresses here in October 2026.",
            "2026 年 10 月，本區有 512 個地址出現 Razorbill。",
            "2026 年 10 月，本区有 512 个地址出现 Razorbill。",
        ),
        sentence(
            Part.VARIANTS,
            "A variant spreads by mail.",
            "其中一個變種經電郵傳播。",
            "其中一个变种经邮件传播。",
        ),
        _ADVICE,
    ),
    Kind.BOTNET: (
        sentence(
            Part.LEAD,
            "The botnet Shearwater has 1,204 bots here.",
            "殭屍網絡 Shearwater 在本區有 1,204 部殭屍電腦。",
            "僵尸网络 Shearwater 在本区有 1,204 台僵尸电脑。",
        ),
        sentence(
            Part.TREND,
            "That is 12.5 % more than a week before.",
            "較一星期前上升 12.5 %。",
            "较一星期前上升 12.5 %。",
        ),
        sentence(
            Part.AFFECTED,
            "Routers that still answer on port 7547.",
            "仍開放 7547 埠的路由器。",
            "仍开放 7547 端口的路由器。",
        ),
        sentence(
            Part.SOLUTIONS,
            "Turn off remote management.",
            "關閉遠端管理。",
            "关闭远程管理。",
        ),
    ),
    Kind.VULNERABILITY: (
        sentence(
            Part.LEAD,
            "Multiple vulnerabilities were identified in Skua Router.",
            "Skua Router 發現多個漏洞。",
            "Skua Router 发现多个漏洞。",
        ),
        sentence(
            Part.AFFECTED,
            "Devices that reached their end of life are affected, too.",
            "已停止支援的裝置同樣受影響。",
            "已停止支持的设备同样受影响。",
        ),
        sentence(
            Part.SOLUTIONS,
            "Install firmware 4.2.1 or later.",
            "安裝韌體 4.2.1 或以上版本。",
            "安装固件 4.2.1 或以上版本。",
        ),
    ),
    Kind.ANTICIPATORY: (
        sentence(
            Part.LEAD,
            "The app of Gull Post is down; attackers may use this.",
            "Gull Post 的應用程式故障，不法分子可能乘機行騙。",
            "Gull Post 的应用程序故障，不法分子可能乘机行骗。",
        ),
        _ADVICE,
    ),
}

_INDICATORS = {
    Kind.PHISHING: (
        Indicator(kind="host", value="gul1post.example"),
        Indicator(kind="host", value="xn--gllpost-61a.example"),
        Indicator(kind="url", value="https://parcel.gul1post.example/pay?to=a.example&x='1'"),
        Indicator(kind="url", value="http://192.0.2.77/hk/"),
    ),
    Kind.MALWARE: (
        Indicator(kind="md5", value="0123456789abcdef" * 2),
        Indicator(kind="sha1", value="01234567" * 5),
        Indicator(kind="sha256", value="0123456789abcdef" * 4),
    ),
    Kind.BOTNET: (
        Indicator(kind="ipv4", value="203.0.113.9"),
        Indicator(kind="ipv6", value="2001:db8::9"),
    ),
    Kind.VULNERABILITY: (),
    Kind.ANTICIPATORY: (),
}

EVERY = tuple(alert(kind) for kind in Kind)
"""One of each kind, as first published."""
