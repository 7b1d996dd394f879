"""The drawing of a stack, of what the CLI and of what the state says."""

from __future__ import annotations

import json

from infra import drawing

URN = "urn:pulumi:dev::acr-lab::"
STACK = f"{URN}pulumi:pulumi:Stack::acr-lab-dev"
GROUP = f"{URN}azure-native:resources:ResourceGroup::acr-lab"
BOX = f"{URN}acr-lab:index:Registry::registry"
REGISTRY = (
    f"{URN}acr-lab:index:Registry$azure-native:containerregistry:Registry::acrlab"
)
IMAGE = f"{URN}docker:index/image:Image::app"
PROVIDER = f"{URN}pulumi:providers:docker::default_5_2_0"
#: As `pulumi stack graph` writes it.
DOT = f"""strict digraph {{
    Resource0 [label="{BOX}"];
    Resource0 -> Resource1 [color = "#AA6639"];
    Resource2 [label="{REGISTRY}"];
    Resource2 -> Resource3 [color = "#246C60", label = "imageName, registry"];
    Resource2 -> Resource0 [color = "#AA6639"];
    Resource4 [label="{GROUP}"];
    Resource4 -> Resource2 [color = "#246C60", label = "resourceGroupName"];
    Resource4 -> Resource3 [color = "#246C60"];
    Resource4 -> Resource1 [color = "#AA6639"];
    Resource3 [label="{IMAGE}"];
    Resource3 -> Resource1 [color = "#AA6639"];
    Resource5 [label="{PROVIDER}"];
    Resource1 [label="{STACK}"];
}}
"""
STATE = json.dumps(
    {
        "deployment": {
            "resources": [
                {"urn": STACK},
                {"urn": GROUP, "parent": STACK},
                {"urn": BOX, "parent": STACK},
                {"urn": REGISTRY, "parent": BOX, "dependencies": [GROUP]},
                {"urn": PROVIDER},
                {"urn": IMAGE, "parent": STACK, "dependencies": [REGISTRY, GROUP]},
            ]
        }
    }
)


def test_the_graph_of_the_cli_and_the_state_are_the_same() -> None:
    assert drawing.of_dot(DOT) == drawing.of_state(STATE)


def test_components_are_boxes_and_detours_have_no_arrow_of_their_own() -> None:
    lines = list(drawing.mermaid(drawing.of_dot(DOT)))
    assert lines == [
        "flowchart LR",
        '    Image_app["Image<br>app"]',
        '    subgraph Registry_registry ["Registry<br>registry"]',
        '        Registry_acrlab["Registry<br>acrlab"]',
        "    end",
        '    ResourceGroup_acr_lab["ResourceGroup<br>acr-lab"]',
        "    Registry_acrlab --> Image_app",
        "    ResourceGroup_acr_lab --> Registry_acrlab",
    ]


def test_a_stack_that_is_not_deployed_is_an_empty_drawing() -> None:
    empty = drawing.of_state('{"deployment": {}}')
    assert list(drawing.mermaid(empty)) == ["flowchart LR"]


def test_a_document_keeps_its_words_around_the_drawing() -> None:
    graph = drawing.of_state(STATE)
    once = drawing.rewritten(f"a\n{drawing.BEGIN}\nold\n{drawing.END}\nz\n", graph)
    assert once.startswith("a\n<!--")
    assert once.endswith("-->\nz\n")
    assert "old" not in once
    assert drawing.rewritten(once, graph) == once
