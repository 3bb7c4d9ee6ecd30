"""The explorer: a local web app over the same functions as the command line and the Python package.

Text and drawings of a page are made by plain Python. ``server`` only transports them to the browser.
"""
