"""The pack's entry point: Pulumi runs the folder, not the package."""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

sys.path.insert(0, str(HERE.parent))
importlib.import_module(f"{HERE.name}.pack").serve()
