"""Exchanges -> masked pairs of `.http` files that are judged as the exchanges were."""

from .folders import Folder, Saved, SaveError

__all__ = ["Folder", "SaveError", "Saved"]
