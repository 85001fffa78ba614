"""The gate lets no model take over that loses what the current one keeps."""

import pytest

from lionrock.names.gate import TOLERANCE, Fault, Measured, compare, tolerance


def row(what: str, share: float, *, of: int = 100_000, **targets: float) -> Measured:
    return Measured(what=what, of=of, share=share, **targets)


def faults(candidate: list[Measured], current: list[Measured]) -> dict[str, Fault | None]:
    gate = compare(candidate=candidate, current=current)
    assert gate.open is (not gate.faults)
    return {each.what: each.fault for each in gate.faults}


def test_a_model_that_is_as_good_passes() -> None:
    rows = [row("false alarms", 0.001, most=0.003), row("recall at 1.0%", 0.3)]
    assert compare(candidate=rows, current=rows).open


def test_a_target_that_the_current_model_keeps_must_be_kept() -> None:
    current = [row("false alarms", 0.001, most=0.003)]
    assert faults([row("false alarms", 0.0031, most=0.003)], current) == {
        "false alarms": Fault.MISSES
    }
    assert faults([row("false alarms", 0.0029, most=0.003)], current) == {}


def test_a_target_is_the_current_models_where_the_candidate_has_none() -> None:
    current = [row("recall at 1.0%, own", 0.3, least=0.2)]
    assert faults([row("recall at 1.0%, own", 0.1)], current) == {
        "recall at 1.0%, own": Fault.MISSES
    }


def test_a_target_that_both_miss_may_be_missed_no_further() -> None:
    current = [row("named right", 0.5, least=0.9), row("own sites", 0.02, most=0.0)]
    better = [row("named right", 0.6, least=0.9), row("own sites", 0.01, most=0.0)]
    worse = [row("named right", 0.45, least=0.9), row("own sites", 0.05, most=0.0)]
    assert faults(better, current) == {}
    assert faults(worse, current) == {"named right": Fault.WORSE, "own sites": Fault.WORSE}


def test_recall_may_fall_within_the_tolerance_only() -> None:
    current = [row("recall at 0.1%", 0.30)]
    assert faults([row("recall at 0.1%", 0.291)], current) == {}
    assert faults([row("recall at 0.1%", 0.289)], current) == {"recall at 0.1%": Fault.WORSE}


def test_rows_that_only_tell_something_keep_nothing_shut() -> None:
    assert faults([row("read names", 0.1)], [row("read names", 0.9)]) == {}


def test_what_was_not_measured_again_keeps_the_gate_shut() -> None:
    current = [row("recall at 1.0%", 0.3), row("read names", 0.9)]
    assert faults([row("new row", 0.1, least=0.5)], current) == {
        "recall at 1.0%": Fault.NOT_MEASURED
    }


def test_without_any_row_the_gate_is_shut() -> None:
    assert not compare(candidate=[], current=[]).open


@pytest.mark.parametrize(
    ("share", "of", "allowed"), [(0.5, 1_000_000, TOLERANCE), (0.5, 100, 0.1), (0.0, 0, TOLERANCE)]
)
def test_few_names_allow_for_chance(share: float, of: int, allowed: float) -> None:
    assert tolerance(share=share, of=of) == pytest.approx(allowed)
