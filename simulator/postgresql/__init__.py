"""PostgreSQL as everybody here meets it: its address, its errors, and the rows of a query."""
