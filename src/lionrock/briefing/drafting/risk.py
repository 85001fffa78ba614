"""Proposes a level of risk by the region's rule, with the codes of its reasons. A person decides."""

from typing import Final

from lionrock.briefing.drafting.draft import Proposal
from lionrock.briefing.facts import Asks, Behaviour, FactSheet, Flaw
from lionrock.briefing.wording import RiskRule
from lionrock.core.alerts import Kind, Risk
from lionrock.core.figures import change

_ORDER: Final = tuple(Risk)
_TAKES: Final = frozenset(
    {Asks.CARD, Asks.PASSWORD, Asks.ONE_TIME_CODE, Asks.DEVICE_LINK, Asks.TRANSFER, Asks.WALLET}
)
_STEALS: Final = frozenset({Behaviour.STEALS_BANKING, Behaviour.STEALS_PASSWORDS})


def proposed(sheet: FactSheet, rule: RiskRule) -> Proposal:
    """Return the level that the facts of a sheet call for."""
    if sheet.kind is Kind.VULNERABILITY and sheet.flaw:
        return _of_flaw(sheet.flaw, rule)
    base = rule.base[sheet.kind.value]
    if sheet.kind is Kind.ANTICIPATORY:
        return Proposal(risk=base, reasons=("kind",))
    seen = [code for code in _seen(sheet, rule) if code in rule.raised_by]
    if not seen:
        return Proposal(risk=base, reasons=("kind",))
    higher = min(_ORDER.index(base) + 1, max(_ORDER.index(rule.most), _ORDER.index(base)))
    return Proposal(risk=_ORDER[higher], reasons=("kind", *seen))


def _of_flaw(flaw: Flaw, rule: RiskRule) -> Proposal:
    levels = [rule.impacts[impact] for impact in flaw.impacts]
    level = max(levels, key=_ORDER.index, default=Risk.MEDIUM)
    reasons = ["impact"]
    if not flaw.remote:
        level = min(level, rule.base["local"], key=_ORDER.index)
        reasons = ["local"]
    if flaw.exploited:
        level = _ORDER[min(_ORDER.index(level) + 1, len(_ORDER) - 1)]
        reasons.append("exploited")
    return Proposal(risk=level, reasons=tuple(reasons))


def _seen(sheet: FactSheet, rule: RiskRule) -> list[str]:
    found = []
    if rising(sheet, rule):
        found.append("rising")
    campaign = sheet.campaign
    if campaign:
        behaviours = {each.what for each in campaign.behaviours}
        if {each.what for each in campaign.asks} & _TAKES or behaviours & _STEALS:
            found.append("takes-money-or-accounts")
        if Behaviour.ENCRYPTS in behaviours:
            found.append("encrypts")
        if Behaviour.EXPLOITS in behaviours or sheet.flaw:
            found.append("exploits-vulnerability")
    return found


def rising(sheet: FactSheet, rule: RiskRule) -> bool:
    """Tell whether the first count rose sharply; where a source was silent, nothing rose or fell."""
    if not sheet.counts or sheet.counts[0].before is None:
        return False
    now, before = sheet.figure(sheet.counts[0].now), sheet.figure(sheet.counts[0].before)
    if now.gaps or before.gaps or (now.value or 0) < rule.rising_count:
        return False
    changed = change(now, before)
    return before.value == 0 if changed is None else changed >= rule.rising_percent
