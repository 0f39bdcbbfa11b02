"""Writes a small MaxMind DB file, after the format's specification: for tests alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from report.geoip import MARKER


def made(places: Mapping[str, Any], record_size: int = 24, ip_version: int = 6) -> bytes:
    """Return a file that has these values by network, "203.0.113.0/24"."""
    nodes: list[list[Any]] = [[None, None]]
    for name, value in places.items():
        net = ipaddress.ip_network(name)
        bits = bin(int(net.network_address))[2:].zfill(net.max_prefixlen)[: net.prefixlen]
        bits = "0" * (96 if net.version == 4 and ip_version == 6 else 0) + bits
        node = 0
        for bit in map(int, bits[:-1]):
            if nodes[node][bit] is None:
                nodes.append([None, None])
                nodes[node][bit] = len(nodes) - 1
            node = nodes[node][bit]
        nodes[node][int(bits[-1])] = (value,)
    values, tree = b"", b""
    for pair in nodes:
        records = []
        for one in pair:
            if isinstance(one, tuple):
                records.append(len(nodes) + 16 + len(values))
                values += written(one[0])
            else:
                records.append(len(nodes) if one is None else one)
        tree += _records(records, record_size)
    about = {
        "node_count": len(nodes), "record_size": record_size, "ip_version": ip_version,
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1,
        "database_type": "Test", "description": {}, "languages": [],
    }  # fmt: skip
    return tree + bytes(16) + values + MARKER + written(about)


def _records(pair: list[int], size: int) -> bytes:
    left, right = pair
    if size == 28:
        middle = (left >> 24) << 4 | right >> 24
        parts = [(left & 0xFFFFFF).to_bytes(3, "big"), (right & 0xFFFFFF).to_bytes(3, "big")]
        return parts[0] + bytes([middle]) + parts[1]
    return left.to_bytes(size // 8, "big") + right.to_bytes(size // 8, "big")


def written(value: Any) -> bytes:
    """Return a value as the format has it."""
    if isinstance(value, dict):
        head, parts = 7, [part for pair in value.items() for part in pair]
        return bytes([head << 5 | len(value)]) + b"".join(map(written, parts))
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(map(written, value))
    if isinstance(value, int):
        return bytes([6 << 5 | 4]) + value.to_bytes(4, "big")
    data = str(value).encode()
    if len(data) < 29:
        return bytes([2 << 5 | len(data)]) + data
    return bytes([2 << 5 | 29, len(data) - 29]) + data
