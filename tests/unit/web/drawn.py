"""What the charts of a page draw from."""

import json
import re


def payload(html: str, chart: str) -> dict[str, list[list[object]]]:
    """What a chart of a page draws from."""
    found = re.search(rf'<script id="{chart}-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found, f"no chart {chart}"
    return json.loads(found[1])
