"""The network of names as an ONNX graph: built from its trained arrays, and rounded to bytes.

The graph is written here, node by node, instead of traced: so batch normalisation is folded into
the convolutions, and a training release of PyTorch cannot change what ships.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

OPSET: Final = 17
EPSILON: Final = 1e-5

Arrays = Mapping[str, NDArray[np.float32]]
Batch = Mapping[str, NDArray[Any]]


def build(arrays: Arrays, heads: Sequence[str]) -> onnx.ModelProto:
    """Return the graph of trained ``arrays`` (see ``network.Network``).

    Inputs: ``letters`` uint8 [n, width] and ``suffix`` int64 [n]. Outputs: float32 [n, ...] per
    head of ``heads``, and ``place`` [n, d], unit vectors in which names of one make lie close.
    """
    nodes: list[onnx.NodeProto] = []
    kept: list[onnx.TensorProto] = []

    def constant(name: str, value: NDArray[np.generic]) -> str:
        kept.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, inputs: Sequence[str], output: str, **options: Any) -> str:
        nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **options))
        return output

    numbers = node("Cast", ["letters"], "numbers", to=TensorProto.INT64)
    there = node("Cast", [node("Cast", ["letters"], "any", to=TensorProto.BOOL)], "there", to=1)
    channel = constant("channel", np.array([1], dtype=np.int64))
    mask = node("Unsqueeze", [there, channel], "mask")
    read = node("Gather", [constant("symbols", arrays["symbols.weight"]), numbers], "read")
    z = node("Transpose", [read], "first-in", perm=[0, 2, 1])
    z = node(
        "Conv",
        [z, constant("first-w", arrays["first.weight"]), constant("first-b", arrays["first.bias"])],
        "first-conv",
        pads=[2, 2],
    )
    z = node("Mul", [node("Relu", [z], "first-relu"), mask], "first-out")
    for number in range(_layers(arrays)):
        weight, bias = _folded(arrays, number)
        c = node(
            "Conv",
            [z, constant(f"w{number}", weight), constant(f"b{number}", bias)],
            f"conv{number}",
            pads=[1, 1],
        )
        c = node("Relu", [c], f"relu{number}")
        z = node("Mul", [node("Add", [z, c], f"sum{number}"), mask], f"out{number}")
    axis = constant("axis", np.array([2], dtype=np.int64))
    size = node("ReduceSum", [mask, axis], "size", keepdims=0)
    most = node("ReduceMax", [z], "most", axes=[2], keepdims=0)
    mean = node("Div", [node("ReduceSum", [z, axis], "total", keepdims=0), size], "mean")
    ending = node("Gather", [constant("suffixes", arrays["suffixes.weight"]), "suffix"], "ending")
    long = node("Mul", [size, constant("per", np.array([1 / 32], dtype=np.float32))], "long")
    features = node("Concat", [most, mean, ending, long], "features", axis=1)
    hidden = node("Relu", [_linear(node, constant, arrays, "hidden", features)], "hidden-out")
    outputs = [_linear(node, constant, arrays, head, hidden) for head in heads]
    place = _linear(node, constant, arrays, "place", hidden, output="place-raw")
    norm = node("ReduceL2", [place], "place-norm", axes=[1], keepdims=1)
    least = constant("least", np.array([1e-6], dtype=np.float32))
    outputs.append(node("Div", [place, node("Max", [norm, least], "place-safe")], "place"))
    graph = helper.make_graph(
        nodes,
        "names",
        [
            helper.make_tensor_value_info("letters", TensorProto.UINT8, ["n", "width"]),
            helper.make_tensor_value_info("suffix", TensorProto.INT64, ["n"]),
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", None]) for name in outputs],
        kept,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model


def rounded(model: onnx.ModelProto, samples: Sequence[Batch]) -> bytes:
    """Return the graph with its convolutions in bytes (static QDQ), calibrated on ``samples``."""
    with TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        onnx.save(model, whole)
        quantize_static(
            whole,
            small,
            _Samples(samples),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
        )
        return small.read_bytes()


class _Samples(CalibrationDataReader):
    """Hands the calibration batches out one by one."""

    def __init__(self, samples: Sequence[Batch]) -> None:
        self._left: Iterator[Batch] = iter(samples)

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        """Return the next batch, ``None`` at the end."""
        batch = next(self._left, None)
        return None if batch is None else dict(batch)


def _layers(arrays: Arrays) -> int:
    return sum(name.startswith("convs.") and name.endswith(".weight") for name in arrays)


def _folded(arrays: Arrays, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return a convolution's weight and bias with its batch normalisation inside."""
    weight, bias = arrays[f"convs.{number}.weight"], arrays[f"convs.{number}.bias"]
    gain = arrays[f"norms.{number}.weight"] / np.sqrt(
        arrays[f"norms.{number}.running_var"] + EPSILON
    )
    shifted = (bias - arrays[f"norms.{number}.running_mean"]) * gain
    return (
        (weight * gain[:, None, None]).astype(np.float32),
        (shifted + arrays[f"norms.{number}.bias"]).astype(np.float32),
    )


def _linear(
    node: Callable[..., str],
    constant: Callable[..., str],
    arrays: Arrays,
    name: str,
    source: str,
    output: str | None = None,
) -> str:
    return node(
        "Gemm",
        [
            source,
            constant(f"{name}-w", arrays[f"{name}.weight"]),
            constant(f"{name}-b", arrays[f"{name}.bias"]),
        ],
        output or (f"{name}-sum" if name == "hidden" else name),
        transB=1,
    )
