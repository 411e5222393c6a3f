"""Reading and aggregating the vendor's telemetry, against the pipeline that peers use."""
