"""The ranking: the only package that knows BM25 and rank-bm25. Mathematics only: no database, no clock, no Discord."""
