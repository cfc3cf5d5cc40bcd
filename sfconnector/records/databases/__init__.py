"""How rows reach the table: one interface, one writer per kind of database."""
