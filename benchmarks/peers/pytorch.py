"""PyTorch, as its tutorials have it: modules, an optimizer, and a loop over shuffled batches."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import Any

import torch
from torch import nn

from benchmarks.peers.task import Task
from benchmarks.peers.work import Work, data, first_weights

__all__ = ["celsius", "prediction", "training", "versions"]

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def versions() -> dict[str, str]:
    return {"PyTorch": torch.__version__}


def network(work: Work) -> nn.Sequential:
    """Return the network with its first weights and without the softmax, which is the loss's affair."""
    activation = ACTIVATIONS[work.activation]
    *image, channels = work.inputs
    layers: list[nn.Module] = []
    for before, filters in pairwise((channels, *work.filters)):
        layers += [nn.Conv2d(before, filters, 3), activation(), nn.MaxPool2d(2)]
        image = [(side - 2) // 2 for side in image]
        channels = filters
    if work.filters:
        layers.append(nn.Flatten())
    for before, units in pairwise((channels * prod(image), *work.units)):
        layers += [nn.Linear(before, units), activation()]
    model = nn.Sequential(*layers[:-1])
    load(model, work)
    return model.to(memory_format=torch.channels_last) if work.filters else model


def load(model: nn.Module, work: Work) -> None:
    """Set the first weights. What Flatten gives has another order here: random weights have none."""
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), first_weights(work), strict=True):
            kernel = array.transpose(3, 2, 0, 1) if array.ndim == 4 else array.T
            parameter.copy_(torch.from_numpy(kernel.copy()))


def tensors(work: Work) -> tuple[torch.Tensor, torch.Tensor]:
    x, y = map(torch.from_numpy, data(work))
    return x.permute(0, 3, 1, 2) if work.filters else x, y


def training(work: Work) -> Task:
    x, y = tensors(work)
    model = network(work)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    criterion: Any = nn.MSELoss() if work.exponential else nn.CrossEntropyLoss()

    def run(epochs: int) -> float:
        for _ in range(epochs):
            total = torch.zeros(())
            for rows in torch.randperm(work.rows).split(work.batch):
                optimizer.zero_grad(set_to_none=True)
                loss = criterion(model(x[rows]), y[rows])
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(rows)
        return float(total) / work.rows

    return Task(lambda: load(model, work), run)


def prediction(work: Work) -> Task:
    x, _ = tensors(work)
    model = network(work).eval()

    def run(epochs: int) -> None:
        with torch.inference_mode():
            for _ in range(epochs):
                torch.cat([model(batch).softmax(1) for batch in x.split(work.batch)]).numpy()

    return Task(lambda: None, run)


def celsius() -> None:
    """Learn the rule of the course's first program."""
    x = torch.tensor([[-40.0], [-10.0], [0.0], [8.0], [15.0], [22.0], [38.0]])
    y = torch.tensor([[-40.0], [14.0], [32.0], [46.0], [59.0], [72.0], [100.0]])
    model, criterion = nn.Linear(1, 1), nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(500):
        optimizer.zero_grad(set_to_none=True)
        criterion(model(x), y).backward()
        optimizer.step()
    print(model(torch.tensor([[100.0]])).item())
