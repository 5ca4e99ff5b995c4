"""Files of rows, CSV and workbooks, read as texts that remember where they stand."""
