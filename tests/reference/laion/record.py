"""Record what PyTorch makes of the random heads, layer by layer in 32-bit floats.

    python -m tests.reference.laion.record

from the root of the repository, with numpy, Pillow and torch. Recorded with torch 2.15.0,
numpy 2.4.6 and Pillow 13.0.0. The layers are put together as the published loaders do it (a
Linear; a Sequential with Dropout and without activations) and take the arrays as a state dict.
"""

import json
from pathlib import Path

import torch
from torch import nn

from tests.reference.laion.heads import DIM, arrays, checksum, vectors
from tests.reference.photos import SIZES, digest


class Published(nn.Module):
    """The network of v2, as it is used: dropout does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(DIM, 1024),
            nn.Dropout(0.2),
            nn.Linear(1024, 128),
            nn.Dropout(0.2),
            nn.Linear(128, 64),
            nn.Dropout(0.1),
            nn.Linear(64, 16),
            nn.Linear(16, 1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def main() -> None:
    """Write `scores.json` beside this file."""
    recorded = {"photos": digest(), "sizes": SIZES, "versions": {}}
    for version, network in (("v1", nn.Linear(DIM, 1)), ("v2", Published())):
        state = {name: torch.from_numpy(array) for name, array in arrays(version).items()}
        network.load_state_dict(state)
        with torch.no_grad():
            scores = network.eval()(torch.from_numpy(vectors()))[:, 0].tolist()
        recorded["versions"][version] = {"weights": checksum(version), "scores": scores}
    path = Path(__file__).with_name("scores.json")
    path.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
