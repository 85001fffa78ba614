"""What may be done to the registry of models; every change goes through here."""

from lionrock.desk.models.services.exams import keep_exam
from lionrock.desk.models.services.register import add_model
from lionrock.desk.models.services.switch import GateShut, SwitchedMeanwhile, back, switch

__all__ = ["GateShut", "SwitchedMeanwhile", "add_model", "back", "keep_exam", "switch"]
