"""Which clause of the seed documents is proved by which test: the clause table and the results of runs."""

from zhida.coverage.report import ClauseRow, Coverage, clause_ids, clause_table, read_coverage

__all__ = ["ClauseRow", "Coverage", "clause_ids", "clause_table", "read_coverage"]
