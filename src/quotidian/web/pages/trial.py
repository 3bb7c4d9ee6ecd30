"""The Trial page: the design, the number of replicates, a study of one's own, and the results."""

from __future__ import annotations

from htmltools import Tag, TagList, tags

from quotidian.web.pages.fields import download, number_field, select
from quotidian.web.pages.study import builder
from quotidian.web.trial_answers import MOST_MEMBERS, MOST_REPLICATES, TrialState, trials

ABOUT = (
    "Children are sampled, screened and randomised. They are simulated from visit to visit, with measurement",
    "error and escape, and analysed by the protocol. One replicate takes some seconds. The figures show",
    "published and simulated results row by row, whether they agree or not. The chart of each child can be",
    "opened.",
)
MEMBERS = (
    "Members of the ensemble give a second interval, with parameter uncertainty. Each takes as long as a",
    "replicate: some seconds.",
)
CHILDREN = (
    "One dot for each child of the first replicate, by response. Click a dot, or tab to it and press Enter,",
    "to open the chart of the child on the regimen of its arm, with steady disease and without flares.",
)


def page(state: TrialState) -> TagList:
    """Form, progress and results."""
    return TagList(
        tags.details({"class": "drawer", "open": ""}, tags.summary("Controls"), _form(state)),
        tags.div(
            {"class": "charts", "tabindex": "-1", "data-skip-to": ""},
            tags.div({"id": "trial-error", "class": "refusal", "role": "alert", "hidden": ""}),
            builder(),
            tags.div(
                {"id": "trial-empty", "class": "empty"},
                tags.h2("A published trial, simulated with virtual children"),
                tags.p(" ".join(ABOUT)),
            ),
            _results(),
        ),
    )


def _form(state: TrialState) -> Tag:
    return tags.form(
        {"id": "trial-form", "autocomplete": "off", "class": "controls"},
        tags.fieldset(
            tags.legend("Virtual trial"),
            select("trial", "Published design", state.name, trials()),
            tags.p({"id": "trial-runs", "class": "caption", "role": "status"}),
            number_field("replicates", f"Replicates, up to {MOST_REPLICATES}", f"{state.replicates}", 1,
                         MOST_REPLICATES, "1"),
            number_field("members", f"Members, up to {MOST_MEMBERS}", f"{state.members}", 0,
                         MOST_MEMBERS, "1"),
            tags.p({"class": "caption"}, " ".join(MEMBERS)),
            number_field("seed", "Seed", f"{state.seed}", 0, 9999, "1"),
            tags.div(
                {"class": "toolbar"},
                tags.button({"type": "submit", "id": "trial-run", "class": "button main"}, "Run the trial"),
                tags.button(
                    {"type": "button", "id": "trial-cancel", "class": "button", "disabled": ""}, "Cancel"
                ),
            ),
            _progress(),
        ),
    )  # fmt: skip


def _progress() -> Tag:
    return tags.label(
        {"class": "field", "id": "trial-bar", "hidden": ""},
        tags.span({"id": "trial-said"}, "Waiting in the queue"),
        tags.progress(
            {
                "id": "trial-progress",
                "max": "1",
                "value": "0",
                "aria-label": "Completed fraction of the trial",
            }
        ),
    )


def _results() -> Tag:
    return tags.div(
        {"id": "trial-result", "hidden": ""},
        tags.h2({"id": "trial-headline"}),
        tags.p({"id": "trial-agreement", "class": "caption"}),
        tags.div({"id": "trial-figures"}),
        tags.div({"id": "trial-table"}),
        tags.figure(
            tags.div({"id": "trial-children", "class": "chart"}),
            tags.figcaption(" ".join(CHILDREN)),
            tags.p(download("children-svg", "quotidian-children.svg", "Figure (SVG)")),
        ),
        tags.div(
            {"class": "toolbar"},
            download("trial-csv", "quotidian-trial.csv", "Endpoints (CSV)"),
            tags.a({"id": "trial-link", "class": "button"}, "Link to this trial"),
        ),
        tags.details(
            {"class": "code"},
            tags.summary("Reproduce this trial"),
            tags.h2("Command line"), tags.pre({"id": "trial-cli", "tabindex": "0"}),
            tags.h2("Python"), tags.pre({"id": "trial-python", "tabindex": "0"}),
        ),
    )  # fmt: skip
