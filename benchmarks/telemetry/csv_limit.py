"""The floor: the engine parses every telemetry file and counts, nothing else."""

import sys

import duckdb

if __name__ == "__main__":
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    types = {"clienteid": "VARCHAR", "eventduration": "DOUBLE", "moduloid": "INTEGER", "productlineid": "INTEGER",
             "referencedatestart": "DATE", "slotid": "INTEGER", "statuslicenca": "VARCHAR", "tcloud": "VARCHAR",
             "clienteprime": "VARCHAR"}  # fmt: skip
    print(
        connection.execute(
            "SELECT count(*), sum(eventduration), count(moduloid), count(productlineid), max(referencedatestart), "
            f"count(statuslicenca), count(clienteid) FROM read_csv('{sys.argv[1]}/telemetria_*.csv', delim=',', "
            f"header=true, columns={types}, ignore_errors=true)"
        ).fetchall()
    )
