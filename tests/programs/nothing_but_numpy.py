"""Run a model's printed program where there is NumPy, Python's own library, and nothing else.

`alone.py` starts it in an interpreter of its own: python -I nothing_but_numpy.py FOLDER
"""

import json
import runpy
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path


class NothingElse(MetaPathFinder):
    """Stands in front of all other finders: what else may be installed here cannot be imported."""

    def find_spec(self, name, path=None, target=None):
        room = name.partition(".")[0]
        if room != "numpy" and room not in sys.stdlib_module_names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def main(folder):
    import numpy as np

    program = runpy.run_path(str(folder / "program.py"))
    with np.load(folder / "given.npz") as file:
        given = dict(file)
    task = json.loads((folder / "task.json").read_text())

    np.save(folder / "prediction.npy", program["predict"](given["questions"], program["trained_weights"]()))

    state = program["initial_state"](task["seed"])
    state["weights"] |= {name: given[f"start/{name}"] for name in task["start"]}
    x, y, *weights = [given[name] for name in task["examples"]]
    history = program["train"](x, y, state, *weights, epochs=task["epochs"], batch_size=task["batch_size"])
    np.savez(folder / "weights.npz", **state["weights"])
    (folder / "history.json").write_text(json.dumps(history))


if __name__ == "__main__":
    sys.meta_path.insert(0, NothingElse())
    main(Path(sys.argv[1]))
