"""Runs one contender in this process and prints the seconds of its work, imports not counted, as JSON."""

import json
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter


def main(name: str, raw_folder: Path, table_folder: Path) -> None:
    contender = import_module(f"benchmarks.contenders.{name}")
    start = perf_counter()
    contender.run(raw_folder, table_folder)
    print(json.dumps({"work_seconds": perf_counter() - start}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
