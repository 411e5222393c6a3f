"""Where tables live: open, read, append and version them, on DuckDB today, Spark or BigQuery tomorrow."""
