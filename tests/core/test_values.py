"""Values that are made quickly are values like any other."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from lionrock.core.values import made_quickly


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    name: str
    height: int = 495
    trails: list[str] = field(default_factory=list)


ROCK = Place(name="rock")


def test_fields_and_their_defaults_are_stored() -> None:
    assert (ROCK.name, ROCK.height, ROCK.trails) == ("rock", 495, [])
    assert Place(name="peak", height=552, trails=["east"]) == Place(
        trails=["east"], height=552, name="peak"
    )


def test_a_value_is_of_its_own_class_and_frozen() -> None:
    assert type(ROCK) is Place
    with pytest.raises(FrozenInstanceError):
        ROCK.name = "stone"  # type: ignore[misc]  # what is tested
    assert ROCK.name == "rock"


def test_no_two_values_share_what_a_factory_makes() -> None:
    assert Place(name="a").trails is not Place(name="b").trails


def test_a_missing_and_an_unknown_field_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Place\.__init__\(\) missing .* 'name'"):
        Place()  # type: ignore[call-arg]  # what is tested
    with pytest.raises(TypeError, match="unexpected keyword argument 'depth'"):
        Place(name="a", depth=1)  # type: ignore[call-arg]  # what is tested


def test_values_are_replaced_copied_and_pickled_as_any() -> None:
    assert replace(ROCK, height=1) == Place(name="rock", height=1)
    assert copy.copy(ROCK) == ROCK
    assert pickle.loads(pickle.dumps(ROCK)) == ROCK
