"""What published summaries say of uncertain values: prior, likelihood, smoother, surrogate, sampling."""
