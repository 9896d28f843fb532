"""What every figure is given."""

import os
from dataclasses import dataclass

import psycopg

from benchmarks.harness import Scale
from benchmarks.meter import Meter


@dataclass(frozen=True, slots=True)
class Bench:
    """`database_url` is a migrated database of the figure's own; `postgresql_pid` the root of its cluster."""

    scale: Scale
    database_url: str
    postgresql_pid: int

    @classmethod
    def of_environment(cls, scale: Scale) -> "Bench":
        return cls(scale, os.environ["DATABASE_URL"], int(os.environ["BENCHMARK_POSTGRESQL_PID"]))

    def meter(self) -> Meter:
        """This process and PostgreSQL."""
        return Meter([self.postgresql_pid])

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A plain connection, without Django; each statement is a transaction."""
        return psycopg.connect(self.database_url, autocommit=True)
