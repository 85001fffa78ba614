"""The views that statistics of cases are counted from; ``lionrock.desk.cases.counted`` makes them."""

from typing import Final

from lionrock.briefing.counting.views import Column, View

CASE: Final = View(
    name="figure_case",
    about="One case.",
    columns=(
        Column(
            name="day",
            type="text",
            about="The day on which it was opened, in the region's time: 2026-07-05.",
        ),
        Column(name="category", type="text", about="The id of its category in the region pack."),
        Column(name="sector", type="text", about="The sector imitated or concerned; may be empty."),
        Column(name="brand", type="text", about="The id of the brand imitated; may be empty."),
        Column(
            name="brand_named",
            type="text",
            about="The brand as it was named; alone where no pack knows it.",
        ),
        Column(name="urls", type="integer", about="How many URLs it is about."),
        Column(
            name="listed", type="integer", about="1 where they stand in figure_case_url, else 0."
        ),
    ),
)
CASE_URL: Final = View(
    name="figure_case_url",
    about="One URL of one case.",
    columns=(
        Column(name="day", type="text", about="The day on which the case was opened."),
        Column(name="category", type="text", about="The category of the case."),
        Column(name="digest", type="text", about="The same for the same URL."),
    ),
)
VIEWS: Final = (CASE, CASE_URL)
