"""Labels of a Dockerfile."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.providers.docker.labels import of_dockerfile


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM x\n", []),
        ("FROM x\nLABEL a=b\n", ["a=b"]),
        ('FROM x\nlabel a="b c" d=e\n', ["a=b c", "d=e"]),
        ("FROM x\nLABEL a=b \\\n      c=d\nRUN e=f\n", ["a=b", "c=d"]),
        ("FROM x\nLABEL a=b \\\n# why\n      c=d\n", ["a=b", "c=d"]),
        ("FROM x\nLABEL a=$b\nLABEL c=d\n", ["c=d"]),
        ("FROM x\n# LABEL a=b\nLABEL 'broken\n", []),
    ],
)
def test_labels_are_read_where_no_variable_is_in_them(
    tmp_path: Path, text: str, found: list[str]
) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(text)
    assert of_dockerfile(file) == found


def test_a_file_that_is_gone_has_none(tmp_path: Path) -> None:
    assert of_dockerfile(tmp_path / "Dockerfile") == []
