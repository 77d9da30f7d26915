"""Write data/links/<name>.ttl from each mapping set data/links/<name>.sssom.tsv, after it has passed the gate."""

from __future__ import annotations

import sys

from comity import dataset, turtle
from comity.errors import ComityError
from comity.links import faults, mapping_sets, read, triples
from comity.links.gate import fitting_classes, kinds_of
from comity.links.sssom import SUFFIX
from generated import settle


def main() -> int:
    status = 0
    try:
        kinds, classes = kinds_of(dataset.read("curated")), fitting_classes()
        for name, path in mapping_sets().items():
            mappings = read(path)
            if found := faults(mappings, kinds, classes):
                print(*found, sep="\n", file=sys.stderr)
                status = 1
                continue
            target = path.with_name(path.name.removesuffix(SUFFIX) + ".ttl")
            complaint = f"{target.name}: not what {path.name} gives for graph {name}; run: make format"
            status |= settle(target, turtle.serialize(triples(mappings.mappings)), complaint)
    except ComityError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return status


if __name__ == "__main__":
    sys.exit(main())
