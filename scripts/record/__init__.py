"""Builds the graphs of the public record from its tables, one module a kind of table."""
