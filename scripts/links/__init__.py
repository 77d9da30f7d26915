"""Builds the mapping sets from the tables of candidates."""
