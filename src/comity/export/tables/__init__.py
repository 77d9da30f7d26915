"""The edition as tables: one a class and one a flagship question, as CSV, Parquet, SQLite and a workbook.

:mod:`~comity.export.tables.model` makes them; each of the other modules writes them in one form.
"""
