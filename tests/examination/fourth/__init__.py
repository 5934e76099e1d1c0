"""Questions as people without the grammar put them, with the SQL that answers each on the second record."""
