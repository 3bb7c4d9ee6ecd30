"""A study as a form: widgets made from the schema of study files, and the text that they write."""
