"""Reads a person's answer: the words above the quote, and what they seem to say about the problem."""

import re
from enum import StrEnum
from typing import Final

LONGEST: Final = 20_000
_QUOTE: Final = re.compile(
    r"^\s*(?:"
    r"-{2,}\s*(?:original message|forwarded message|原始郵件|原始邮件|轉寄郵件)\s*-{2,}|"
    r"_{20,}\s*$|"
    r"on .{5,200} wrote:\s*$|"
    r".{0,200}(?:寫道|写道)[:：]\s*$|"
    r"(?:from|寄件者|寄件人|發件人|发件人)[:：]\s*.{0,200}@|"
    r"-- $"
    r")",
    re.IGNORECASE,
)


class Says(StrEnum):
    """What an answer seems to say; a person decides whether it does."""

    FIXED = "fixed"
    NOT_OURS = "not_ours"
    WORKING = "working"


_NOT_YET: Final = re.compile(
    r"\b(?:not|n't|never|cannot|can't|unable to|before|once|until|when|if|please)\b[^.!?\n]{0,40}"
    r"\b(?:fixed|resolved|solved|patched|closed|removed|cleaned|mitigated|done|taken down)\b"
    r"|(?:未能?|尚未|還沒|还没|沒有|无法|無法|不能|如何|怎樣)[^。！？\n]{0,8}"
    r"(?:修復|修复|解決|解决|處理|处理|移除|關閉|关闭|下架|清理|更新)"
    r"|\?|？",
    re.IGNORECASE,
)
_PATTERNS: Final = {
    Says.FIXED: re.compile(
        r"\b(?:fixed|resolved|solved|remediated|patched|cleaned|mitigated|suspended|disinfected|"
        r"reinstalled|taken (?:down|offline)|shut down|(?:been|was|were|is|are|have|has|now) "
        r"(?:now )?(?:closed|removed|blocked|disabled|deleted|updated|terminated))\b"
        r"|(?:已經?|已经?)[^。！？\n]{0,6}(?:修復|修复|解決|解决|處理好|处理好|處理完|移除|關閉|关闭|"
        r"下架|清理|更新|修補|停用|封鎖|終止)|處理完畢|已處理(?!中)|已处理(?!中)|已完成",
        re.IGNORECASE,
    ),
    Says.NOT_OURS: re.compile(
        r"\bnot ours\b|\b(?:is|are)(?: not|n't) (?:ours|our (?:ip|ips|address|addresses|customer|"
        r"network|server|domain|range))\b|\b(?:no longer|not) (?:belong(?:s|ing)? to us|our "
        r"(?:customer|client|ip|network|domain))\b|\bdo(?:es)?(?: not|n't) belong to us\b"
        r"|\bwrong (?:contact|recipient|company|department)\b"
        r"|不屬(?:於)?(?:我|本|敝)|不属于?(?:我|本)|並?非(?:我方|我們|本公司|敝公司)|"
        r"不是我(?:們|们|方|司)的|與(?:我方|本公司)無關",
        re.IGNORECASE,
    ),
    Says.WORKING: re.compile(
        r"\bworking on (?:it|this)\b|\blook(?:ing)? into\b|\binvestigating\b|\bin progress\b|"
        r"\bwill (?:check|look|fix|follow|investigate|handle|contact|inform|notify)\b|"
        r"\b(?:have|has|been) (?:forwarded|notified|informed|passed|escalated)\b"
        r"|(?:處理|处理|跟進|跟进|調查|调查|修復|修复)中|正在(?:處理|处理|跟進|跟进|調查|调查|修復|修复)|"
        r"(?:會|会|將|将)(?:盡快|儘快|尽快)?(?:處理|处理|跟進|跟进|調查|调查|檢查|检查|修復|修复)|"
        r"已(?:轉|转)(?:交|介|發|发|寄)|已通知(?:客戶|客户)",
        re.IGNORECASE,
    ),
}


def new_text(text: str) -> str:
    """Return what the writer added: the text above the first quote, else all lines not quoted."""
    lines = text[: 10 * LONGEST].replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        if line.lstrip().startswith(">") or _QUOTE.match(line[:400]):
            # “On …” may break over two lines before it says “wrote:”.
            break
        two = f"{line[:200]} {lines[place + 1][:200]}" if place + 1 < len(lines) else ""
        if line.lower().startswith("on ") and _QUOTE.match(two):
            break
        kept.append(line)
    above = "\n".join(kept).strip()
    if not above:
        above = "\n".join(
            line
            for line in lines
            if not line.lstrip().startswith(">") and not _QUOTE.match(line[:400])
        ).strip()
    return above[:LONGEST]


def says(text: str) -> Says | None:
    """Return what the answer seems to say, or None where it says nothing of it, or several things.

    Sentences that deny or ask (“not fixed yet”, “how can this be fixed?”) say nothing.
    """
    found: set[Says] = set()
    for sentence in re.split(r"(?<=[.!?。！？])\s*|\n", text[:LONGEST]):
        if not sentence.strip():
            continue
        for meaning, pattern in _PATTERNS.items():
            if meaning is Says.FIXED and _NOT_YET.search(sentence):
                continue
            if pattern.search(sentence) and not sentence.rstrip().endswith(("?", "？")):
                found.add(meaning)
    return found.pop() if len(found) == 1 else None
