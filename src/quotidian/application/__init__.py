"""Requests, and how they are carried out and archived: cohorts, trials, studies, the scoreboard."""
