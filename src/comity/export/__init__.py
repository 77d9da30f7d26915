"""Writes the edition in the formats that other tools read."""
