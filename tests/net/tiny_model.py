"""A language model of a few kilobytes with random weights, in llama.cpp's own file format (GGUF, version 3).

It knows nothing, which is what the tests want of it: whatever it is asked, only the schema it is held to
can make its answer readable. The format is described in llama.cpp's repository (ggml's docs/gguf.md).
"""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

WIDTH: Final = 64
HEADS: Final = 4
FORWARD: Final = 128
CONTEXT: Final = 16_384
ALIGNMENT: Final = 32

_U32, _I32, _F32, _TEXT, _LIST = 4, 5, 6, 8, 9
_UNKNOWN, _CONTROL, _UNUSED, _BYTE = 2, 3, 5, 6

Value = int | float | str | Sequence[str] | Sequence[float] | Sequence[int]


def write_model(file: Path, *, seed: int) -> None:
    """Write a Llama of one layer whose tokens are single bytes; the same seed, the same file."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    # The upper half of the bytes can be read but never written: drawn at random they are no UTF-8.
    kinds = [_UNKNOWN, _CONTROL, _CONTROL, *[_BYTE] * 128, *[_UNUSED] * 128]
    facts: dict[str, Value] = {
        "general.architecture": "llama",
        "general.name": "tiny",
        "general.alignment": ALIGNMENT,
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.block_count": 1,
        "llama.feed_forward_length": FORWARD,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [0.0] * len(tokens),
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.chat_template": (
            "{% for message in messages %}[{{ message['role'] }}]\n{{ message['content'] }}\n"
            "{% endfor %}[assistant]\n"
        ),
    }
    file.write_bytes(_gguf(facts, _weights(len(tokens), np.random.default_rng(seed))))


def _weights(words: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    def drawn(rows: int, columns: int) -> np.ndarray:
        return (random.standard_normal((rows, columns)) * 0.2).astype(np.float32)

    ones = np.ones(WIDTH, dtype=np.float32)
    return {
        "token_embd.weight": drawn(words, WIDTH),
        "blk.0.attn_norm.weight": ones,
        "blk.0.attn_q.weight": drawn(WIDTH, WIDTH),
        "blk.0.attn_k.weight": drawn(WIDTH, WIDTH),
        "blk.0.attn_v.weight": drawn(WIDTH, WIDTH),
        "blk.0.attn_output.weight": drawn(WIDTH, WIDTH),
        "blk.0.ffn_norm.weight": ones,
        "blk.0.ffn_gate.weight": drawn(FORWARD, WIDTH),
        "blk.0.ffn_up.weight": drawn(FORWARD, WIDTH),
        "blk.0.ffn_down.weight": drawn(WIDTH, FORWARD),
        "output_norm.weight": ones,
        "output.weight": drawn(words, WIDTH),
    }


def _gguf(facts: Mapping[str, Value], tensors: Mapping[str, np.ndarray]) -> bytes:
    head = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts)))
    for key, value in facts.items():
        head += _text(key) + _value(value)
    data = bytearray()
    for name, tensor in tensors.items():
        head += _text(name) + struct.pack("<I", tensor.ndim)
        head += struct.pack(f"<{tensor.ndim}Q", *reversed(tensor.shape))
        head += struct.pack("<IQ", 0, len(data))  # 0: 32-bit floats
        data += tensor.tobytes()
        data += bytes(-len(data) % ALIGNMENT)
    return bytes(head + bytes(-len(head) % ALIGNMENT) + data)


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", _TEXT) + _text(value)
    if isinstance(value, int):
        return struct.pack("<II", _U32, value)
    if isinstance(value, float):
        return struct.pack("<If", _F32, value)
    kind = {str: _TEXT, float: _F32, int: _I32}[type(value[0])]
    parts = [_text(each) if isinstance(each, str) else _number(each) for each in value]
    return struct.pack("<IIQ", _LIST, kind, len(value)) + b"".join(parts)


def _number(value: float) -> bytes:
    return struct.pack("<i" if isinstance(value, int) else "<f", value)


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw
