"""The Traffic Light Protocol 2.0 (FIRST): how far a piece of information may travel."""

from enum import StrEnum


class Tlp(StrEnum):
    """A label, from the widest circle to the narrowest."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"

    def allows(self, ceiling: "Tlp") -> bool:
        """Tell whether information under this label may go where ``ceiling`` is the limit."""
        order = list(Tlp)
        return order.index(self) <= order.index(ceiling)


def narrowest(*labels: Tlp) -> Tlp:
    """Return the label that lets information travel least far."""
    return max(labels, key=list(Tlp).index)
