"""Decision tables: rows of typed cells, each row an ordinary rule, and a hit policy over them."""
