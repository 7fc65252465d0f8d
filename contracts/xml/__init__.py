"""Hardened XML: bytes of any encoding -> a tree, its facts and its positions. The only place that parses messages."""

from .documents import MAX_BYTES, MAX_CHILDREN, MAX_DEPTH, MAX_TAGS, Document, Element, parse, value_of
from .encodings import same_encoding
from .positions import Positions
from .slips import Slip, slip_of

__all__ = [
    "MAX_BYTES",
    "MAX_CHILDREN",
    "MAX_DEPTH",
    "MAX_TAGS",
    "Document",
    "Element",
    "Positions",
    "Slip",
    "parse",
    "same_encoding",
    "slip_of",
    "value_of",
]
