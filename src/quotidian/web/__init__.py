"""The explorer: a local web app over the same functions as the command line and the Python package.

What a page says and draws is plain Python here (``state``, ``simulating``, ``drawing``, ``pages``);
``server`` only carries it to the browser and back.
"""
