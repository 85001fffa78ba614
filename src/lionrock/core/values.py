"""Makes frozen values of many fields as quickly as others: of a large delivery millions are made."""

from dataclasses import MISSING, fields
from typing import Any, TypeVar

_T = TypeVar("_T")


def made_quickly(cls: type[_T]) -> type[_T]:
    """Give a frozen, slotted, keyword-only dataclass an ``__init__`` that stores its fields plainly.

    The one that ``dataclasses`` writes calls ``object.__setattr__`` once a field, which costs more than
    all else about a value of thirty fields. This one takes the class of a twin that is not frozen,
    stores, and takes its own class again; the value is as frozen as before. A class with
    ``__post_init__`` or with subclasses has no use for this.
    """
    twin = type(f"_{cls.__name__}", (), {"__slots__": tuple(f.name for f in _fields(cls))})
    known: dict[str, Any] = {  # Any: what the generated function sees
        "_set": object.__setattr__,
        "_twin": twin,
        "_own": cls,
        "_MISSING": MISSING,
    }
    parameters: list[str] = []
    stores: list[str] = []
    for one in _fields(cls):
        name = one.name
        if one.default is not MISSING:
            known[f"_default_{name}"] = one.default
            parameters.append(f"{name}=_default_{name}")
        elif one.default_factory is not MISSING:
            known[f"_factory_{name}"] = one.default_factory
            parameters.append(f"{name}=_MISSING")
            stores.append(f" if {name} is _MISSING: {name} = _factory_{name}()")
        else:
            parameters.append(name)
        stores.append(f" self.{name} = {name}")
    source = "\n".join(
        (
            f"def __init__(self, *, {', '.join(parameters)}):",
            " _set(self, '__class__', _twin)",
            *stores,
            " self.__class__ = _own",
        )
    )
    exec(source, known)  # noqa: S102  # our own words alone, as dataclasses do it
    made = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = cls.__init__.__annotations__
    cls.__init__ = made  # type: ignore[method-assign]  # the same signature
    return cls


def _fields(cls: type[Any]) -> tuple[Any, ...]:  # Any: of whatever dataclass
    return fields(cls)
