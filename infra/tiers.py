"""The table of tiers as a document: ``python -m infra.tiers docs/registry.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from infra.skus import LAYER_GIB, MANIFEST_MIB, SKUS, Feature, Sku

BEGIN = "<!-- tiers: made by `python -m infra.tiers` -->"
END = "<!-- end of tiers -->"


def rows() -> Iterator[tuple[str, ...]]:
    """Cells of the table: what it is, then one cell a tier."""
    skus = list(SKUS.values())
    yield ("", *SKUS)
    yield ("---", *("---" for _ in skus))
    yield ("included storage, GiB", *(f"{one.included_gib:,}" for one in skus))
    yield ("storage limit, TiB", *(str(one.limit_tib) for one in skus))
    yield ("largest layer, GiB", *(str(LAYER_GIB) for _ in skus))
    yield ("largest manifest, MiB", *(str(MANIFEST_MIB) for _ in skus))
    yield ("webhooks", *(f"{one.webhooks:,}" for one in skus))
    yield ("tokens", *(f"{one.tokens:,}" for one in skus))
    yield ("scope maps", *(f"{one.scope_maps:,}" for one in skus))
    yield ("geo-replications", *(_replications(one) for one in skus))
    yield ("reads a minute", *(f"{one.rates.reads:,}" for one in skus))
    yield ("writes a minute", *(f"{one.rates.writes:,}" for one in skus))
    yield ("deletions a minute", *(f"{one.rates.deletes:,}" for one in skus))
    yield ("referrers a minute", *(f"{one.rates.referrers:,}" for one in skus))
    yield ("sign-ins a minute", *(f"{one.rates.sign_ins:,}" for one in skus))
    for feature in Feature:
        yield (feature, *("yes" if one.has(feature) else "no" for one in skus))


def rewritten(text: str) -> str:
    """A document with the table as it is now, between the two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows())
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _replications(sku: Sku) -> str:
    return "one a region" if sku.replications is None else str(sku.replications)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(rewritten(file.read_text()))
