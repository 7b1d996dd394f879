"""What a person sees of a deployment: lines that read like the CLI's.

On a terminal rows appear as steps end, with a spinner for those under way; elsewhere
plain lines. Secrets are masked in both.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table

from embedded.engine import paths, policy_report
from embedded.engine.deployment import Kind, Result
from embedded.engine.events import Severity, Step
from embedded.engine.plan import Op
from embedded.engine.values import Value, equal, mask

SIGNS: dict[Op, tuple[str, str]] = {
    "same": (" ", "dim"),
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "replace": ("+-", "magenta"),
    "delete": ("-", "red"),
    "delete-replaced": ("--", "red"),
    "read": (">", "cyan"),
    "refresh": ("~", "yellow"),
}
PAST: dict[Op, str] = {
    "same": "unchanged",
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "delete-replaced": "deleted for its replacement",
    "read": "read",
    "refresh": "changed in the cloud",
}
DOING: dict[Op, str] = {
    "create": "creating",
    "update": "updating",
    "replace": "replacing",
    "delete": "deleting",
    "delete-replaced": "deleting for its replacement",
    "read": "reading",
    "refresh": "refreshing",
}
TITLES: dict[Kind, str] = {
    "preview": "Previewing update",
    "up": "Updating",
    "destroy": "Destroying",
    "refresh": "Refreshing",
}
#: Characters of a value in a line of differences.
LONGEST = 72


class Display:
    """Tells one deployment on a console."""

    def __init__(self, console: Console, stack: str, kind: Kind) -> None:
        self._console = console
        self._kind = kind
        self._stack = stack
        self._lock = threading.Lock()
        self._running: dict[str, Step] = {}
        self._notes: dict[str, str] = {}
        self._diagnostics: list[tuple[str, str, Severity]] = []
        self._live = Live(console=console, transient=True, refresh_per_second=8)

    def __enter__(self) -> Display:
        self._console.print(f"[bold]{TITLES[self._kind]}[/bold] ({self._stack})")
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live.is_started:
            self._live.stop()

    def started(self, step: Step) -> None:
        with self._lock:
            self._running[step.urn] = step
            if not self._console.is_terminal and self._is_slow(step):
                self._row(step.op, step, f"{DOING[step.op]} …")
            self._refresh()

    def finished(self, step: Step, seconds: float) -> None:
        with self._lock:
            self._running.pop(step.urn, None)
            self._notes.pop(step.urn, None)
            if step.op != "same":
                took = f" ({seconds:.1f} s)" if self._kind != "preview" else ""
                self._row(step.op, step, self._verb(step.op) + took)
                self._changes(step)
            self._refresh()

    def failed(self, step: Step, message: str) -> None:
        with self._lock:
            self._running.pop(step.urn, None)
            self._row(step.op, step, "[bold red]failed[/bold red]")
            self._diagnostics.append((f"{step.type} ({step.name})", message, "error"))
            self._refresh()

    def message(
        self, severity: Severity, text: str, urn: str = "", *, ephemeral: bool = False
    ) -> None:
        with self._lock:
            if severity == "debug":
                return
            if ephemeral:
                self._notes[urn] = text.strip().splitlines()[-1] if text.strip() else ""
                self._refresh()
                return
            self._diagnostics.append((_subject(urn), text, severity))

    def output(self, line: str) -> None:
        with self._lock:
            self._diagnostics.append(("program", line, "info"))

    def summary(self, result: Result) -> None:
        """Diagnostics, outputs, how many of what, and how long it took."""
        self._print_diagnostics()
        for line in policy_report.lines(result.review):
            self._console.print(line, highlight=False, soft_wrap=True)
        self._print_outputs(result)
        changes = {op: n for op, n in result.changes.items() if op != "same"}
        self._console.print("[bold]Resources:[/bold]")
        for op, count in sorted(changes.items()):
            sign, style = SIGNS[op]  # type: ignore[index]
            self._console.print(
                f"    [{style}]{sign} {count} {self._count(op)}[/{style}]"
            )
        same = result.changes.get("same", 0)
        if same or not changes:
            idle = result.succeeded and not changes
            word = "unchanged: there was nothing to do" if idle else "unchanged"
            self._console.print(f"    {same} {word}")
        self._console.print(f"\n[bold]Duration:[/bold] {result.seconds:.1f} s")

    def _count(self, op: str) -> str:
        if self._kind == "preview":
            return f"to {op}"
        return PAST[op]  # type: ignore[index]

    def _verb(self, op: Op) -> str:
        return op if self._kind == "preview" else PAST[op]

    def _is_slow(self, step: Step) -> bool:
        """Whether a plain log should say that it began."""
        components = ("acr-lab:", "pulumi:")
        return (
            self._kind != "preview"
            and step.op != "same"
            and not step.type.startswith(components)
        )

    def _row(self, op: Op, step: Step, word: str) -> None:
        sign, style = SIGNS[op]
        head = f"[{style}]{sign:>3}[/{style}]  {step.type:<55} {step.name:<20}"
        self._console.print(f"{head} {word}", highlight=False, soft_wrap=True)

    def _changes(self, step: Step) -> None:
        """The properties that an update or a replacement is about."""
        if step.op not in ("update", "replace", "refresh"):
            return
        for path, kind in step.details.items():
            old, new = paths.get(step.old, path), paths.get(step.new, path)
            sign = "+-" if kind.endswith("-replace") else "~"
            arrow = "" if equal(old, new) else f": {_short(old)} => {_short(new)}"
            text = escape(f"       {sign} {path}{arrow}")
            self._console.print(f"[dim]{text}[/dim]", highlight=False, soft_wrap=True)

    def _refresh(self) -> None:
        if not self._live.is_started:
            return
        table = Table.grid(padding=(0, 2))
        for urn, step in self._running.items():
            if step.op == "same":
                continue
            note = escape(self._notes.get(urn, ""))[:LONGEST]
            spinner = Spinner("dots", f"{step.name} {DOING[step.op]} {note}")
            table.add_row(spinner)
        self._live.update(table)

    def _print_diagnostics(self) -> None:
        if not self._diagnostics:
            return
        self._console.print("\n[bold]Diagnostics:[/bold]")
        last = ""
        for subject, text, severity in dict.fromkeys(self._diagnostics):
            if subject != last:
                self._console.print(f"  {escape(subject)}:", highlight=False)
                last = subject
            word = {
                "error": "[red]error:[/red] ",
                "warning": "[yellow]warning:[/yellow] ",
            }
            for number, line in enumerate(text.rstrip().splitlines()):
                mark = word.get(severity, "") if number == 0 else ""
                self._console.print(
                    f"    {mark}{escape(line)}", highlight=False, soft_wrap=True
                )

    def _print_outputs(self, result: Result) -> None:
        if self._kind == "destroy" or not (result.outputs or result.old_outputs):
            self._console.print()
            return
        self._console.print("\n[bold]Outputs:[/bold]")
        for name in sorted({**result.old_outputs, **result.outputs}):
            old, new = result.old_outputs.get(name), result.outputs.get(name)
            sign = " "
            if not equal(old, new):
                sign = "+" if old is None else "-" if new is None else "~"
            shown = _short(old if new is None else new, LONGEST * 2)
            line = escape(f"  {sign} {name:<18}: {shown}")
            self._console.print(line, highlight=False, soft_wrap=True)
        self._console.print()


class Quiet:
    """Collects what ``--json`` prints at the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.steps: list[dict[str, Any]] = []
        self.diagnostics: list[dict[str, str]] = []

    def started(self, step: Step) -> None:
        """Nothing is printed while it runs."""

    def finished(self, step: Step, seconds: float) -> None:
        with self._lock:
            body: dict[str, Any] = {"op": step.op, "urn": step.urn}
            if step.details:
                body["detailedDiff"] = {k: {"kind": v} for k, v in step.details.items()}
            self.steps.append({**body, "seconds": round(seconds, 3)})

    def failed(self, step: Step, message: str) -> None:
        self.message("error", message, step.urn)

    def message(
        self, severity: Severity, text: str, urn: str = "", *, ephemeral: bool = False
    ) -> None:
        if severity == "debug" or ephemeral:
            return
        row = {"urn": urn, "severity": severity, "message": text}
        with self._lock:
            self.diagnostics.append(row)

    def output(self, line: str) -> None:
        self.message("info", line)

    def text(self, result: Result) -> str:
        """One JSON object, keys as in the CLI's own ``--json`` where it has them."""
        body = {
            "succeeded": result.succeeded,
            "steps": self.steps,
            "diagnostics": self.diagnostics,
            "changeSummary": dict(result.changes),
            "policyFindings": policy_report.as_json(result.review),
            "outputs": mask(result.outputs),
            "duration": round(result.seconds, 3),
            "phases": {k: round(v, 3) for k, v in result.phases.items()},
        }
        return json.dumps(body, indent=4)


def _subject(urn: str) -> str:
    if "::" not in urn:
        return urn or "program"
    head, _, name = urn.rpartition("::")
    return f"{head.rpartition('::')[2].rpartition('$')[2]} ({name})"


def _short(value: Value, longest: int = LONGEST) -> str:
    masked = mask(value)
    text = masked if isinstance(masked, str) else json.dumps(masked)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
