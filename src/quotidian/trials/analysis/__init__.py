"""Analysis: from case records to endpoints, summaries and sample sizes."""
