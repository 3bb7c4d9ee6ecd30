"""Results for people: tables, figures, self-contained pages, and files that appear complete or not at all."""
