"""What is left after kills and outages, with real processes: `make faults`.

load      customers who answer while it happens, and what was acknowledged to whom
verdicts  the words of a fault report, and the judge who reads the database afterwards
kills     the web tier and the PostgreSQL server, killed again and again; three seeded bugs that must be caught
flawed    the product with one of those bugs
mailing   two mail workers killed over 1,500 messages
outages   Redis lost, PostgreSQL restarted, SQLite locked, the disk full
syncing   is it on the disk before it is acknowledged: the system calls of the web tier
"""
