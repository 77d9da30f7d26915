"""Writes what is said of the questions, one module a form: pages to read, a catalogue in Turtle, an OpenAPI document."""
