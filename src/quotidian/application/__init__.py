"""Studies that are kept on disk: what was asked for, computed part by part, and how to get the same again."""
