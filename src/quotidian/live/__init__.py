"""The compiled model as WebAssembly: a page of one child, and a package for pages of others."""
